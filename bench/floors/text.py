"""The floor of reading: the text of every page of these PDFs with pypdfium2, in one process."""

import sys

import pypdfium2

pages = 0
for path in sys.argv[1:]:
    document = pypdfium2.PdfDocument(path)
    for page in document:
        page.get_textpage().get_text_range()
        page.close()
        pages += 1
    document.close()
print(pages)
