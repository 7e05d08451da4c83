"""Letters: from a template and what the log knows to .md, .txt, .docx and .pdf."""
