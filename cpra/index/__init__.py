"""Derived from the files: rows for lists and dates, pages for search; made anew, never migrated."""
