"""Small PDFs drawn in view of the test: words, boxes, pictures and marks on pages."""

from __future__ import annotations

import io
from dataclasses import dataclass, field


@dataclass
class Drawn:
    """A PDF that grows page by page."""

    objects: list[bytes] = field(default_factory=lambda: [b"", b""])
    kids: list[int] = field(default_factory=list)
    root: str = ""

    def add(self, content: bytes) -> int:
        """Another object; its number."""
        self.objects.append(content)
        return len(self.objects)

    def stream(self, about: str, content: bytes) -> int:
        """An object with a stream."""
        head = f"<<{about}/Length {len(content)}>>stream\n".encode()
        return self.add(head + content + b"\nendstream")

    def page(self, drawing: str, *, marks: str = "", resources: str = "") -> Drawn:
        """A letter-size page with this drawing; Helvetica is /F1."""
        body = self.stream("", drawing.encode("cp1252"))
        font = "/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
        page = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents {body} 0 R"
            f"/Resources<<{font}{resources}>>{f'/Annots[{marks}]' if marks else ''}>>"
        )
        self.kids.append(self.add(page.encode()))
        return self

    def bytes(self) -> bytes:
        """The file."""
        self.objects[0] = f"<</Type/Catalog/Pages 2 0 R{self.root}>>".encode()
        kids = " ".join(f"{kid} 0 R" for kid in self.kids)
        self.objects[1] = f"<</Type/Pages/Kids[{kids}]/Count {len(self.kids)}>>".encode()
        out, places = io.BytesIO(), []
        out.write(b"%PDF-1.4\n")
        for number, content in enumerate(self.objects, start=1):
            places.append(out.tell())
            out.write(b"%d 0 obj\n%b\nendobj\n" % (number, content))
        start = out.tell()
        out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
        out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
        out.write(b"trailer<</Root 1 0 R/Size %d>>\n" % (len(places) + 1))
        out.write(b"startxref\n%d\n%%%%EOF" % start)
        return out.getvalue()


def words(text: str, x: int = 72, y: int = 700, *, colour: str = "0", mode: int = 0) -> str:
    """A line of words at this place."""
    return f"BT {colour} g {mode} Tr /F1 12 Tf {x} {y} Td ({text}) Tj ET\n"


def box(x: int, y: int, width: int, height: int, colour: str = "0 0 0") -> str:
    """A filled box."""
    return f"{colour} rg {x} {y} {width} {height} re f\n"


def one_page(*drawing: str, marks: str = "") -> bytes:
    """A PDF of one page with all this on it, in this order."""
    return Drawn().page("".join(drawing), marks=marks).bytes()
