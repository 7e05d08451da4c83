"""What the law and the log say, computed without files, clock or network."""
