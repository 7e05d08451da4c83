"""The words of an HTML page, as a person would read them; nothing in it is run or fetched."""

from __future__ import annotations

import re

UNSEEN = ("script", "style", "head", "template", "noscript", "object", "svg")
LINE = frozenset(
    {
        *("p", "div", "br", "tr", "li", "ul", "ol", "table", "blockquote", "pre", "hr", "section"),
        *("h1", "h2", "h3", "h4", "h5", "h6", "article", "header", "footer", "form", "dt", "dd"),
        *("title", "option"),
    }
)
"""Elements that begin and end a line."""


def words(source: bytes | str) -> str:
    """The text with a line for each block; cells of a table are parted by tabs."""
    import lxml.etree
    import lxml.html

    if not source.strip():
        return ""
    if isinstance(source, str):
        source = source.encode("utf-8", "replace")
        parser = lxml.html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    else:
        parser = lxml.html.HTMLParser(encoding=_charset(source), no_network=True, huge_tree=False)
    try:
        root = lxml.html.document_fromstring(source.replace(b"\0", b""), parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError):
        return ""
    title = root.findtext(".//title") or ""
    lxml.etree.strip_elements(root, lxml.etree.Comment, *UNSEEN, with_tail=False)
    pieces: list[str] = [title, "\n"] if title.strip() else []
    for action, element in lxml.etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag in LINE:
            pieces.append("\n")
        if action == "start":
            pieces.append(_flat(element.text))
        else:
            pieces += ("\t" if tag in ("td", "th") else "", _flat(element.tail))
    text = re.sub(r"[ \xa0]+", " ", "".join(pieces))
    # Not one pattern for "spaces around a line end": a long run of tabs would never end.
    return "\n".join(line for piece in text.split("\n") if (line := piece.strip()))


def _flat(text: str | None) -> str:
    """In HTML a line break in the source is only a space."""
    return re.sub(r"[\r\n]+", " ", text) if text else ""


def _charset(source: bytes) -> str | None:
    """The encoding the page claims, or the one its bytes show; None leaves it to the parser."""
    if source.startswith(b"\xef\xbb\xbf"):
        return "utf-8"
    if source[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if re.search(rb"charset\s*=", source[:4096], re.IGNORECASE):
        return None
    try:
        source.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
