"""The derived index: rows for lists and dates, pages for search; delete and rebuild, never migrate."""
