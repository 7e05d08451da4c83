"""What came back: read mail, unpack containers, tell kinds, extract text."""
