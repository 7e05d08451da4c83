"""The floor of a page index: bare tantivy with the same schema, from text files, and bare queries.

`search.py index DIR FILES…` with form feeds between pages; `search.py query DIR WORD…`
"""

import statistics
import sys
import time
from pathlib import Path

import tantivy

words = (
    tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    .filter(tantivy.Filter.remove_long(100))
    .filter(tantivy.Filter.lowercase())
    .filter(tantivy.Filter.ascii_fold())
    .filter(tantivy.Filter.stemmer("english"))
    .build()
)
builder = tantivy.SchemaBuilder()
builder.add_text_field("text", tokenizer_name="words", index_option="position")
builder.add_unsigned_field("file", indexed=True, fast=True)
builder.add_unsigned_field("page", fast=True)
for field in ("request", "agency", "kind"):
    builder.add_text_field(field, tokenizer_name="raw", index_option="basic")
builder.add_unsigned_field("on", fast=True)
builder.add_unsigned_field("installment", fast=True)
folder = Path(sys.argv[2])
folder.mkdir(exist_ok=True)
index = tantivy.Index(builder.build(), str(folder))
index.register_tokenizer("words", words)

if sys.argv[1] == "index":
    writer = index.writer(50_000_000, 2)
    files = Path(sys.argv[3]).read_text(encoding="utf-8").splitlines()
    for number, name in enumerate(files):
        for page, text in enumerate(Path(name).read_text(encoding="utf-8").split("\f"), start=1):
            entry = tantivy.Document()
            entry.add_text("text", text)
            entry.add_unsigned("file", number)
            entry.add_unsigned("page", page)
            entry.add_text("request", "2026-0001")
            entry.add_text("agency", "agency-01")
            entry.add_text("kind", "txt")
            entry.add_unsigned("on", 20260302)
            writer.add_document(entry)
    writer.commit()
    writer.wait_merging_threads()
else:
    searcher = index.searcher()
    for line in sys.argv[3:]:
        terms = [words.analyze(word)[0] for word in line.strip('"').split()]
        parts = [
            (tantivy.Occur.Must, tantivy.Query.term_query(index.schema, "text", t)) for t in terms
        ]
        query = (
            tantivy.Query.phrase_query(index.schema, "text", terms)
            if line.startswith('"') and len(terms) > 1
            else tantivy.Query.boolean_query(parts)
        )
        times = []
        for _ in range(11):
            start = time.perf_counter()
            searcher.search(query, 20, count=False)
            times.append(1000 * (time.perf_counter() - start))
        print(f"{statistics.median(times):.3f}\t{line}")
