"""Mail: out (SMTP), in (IMAP, folders), secrets, which request a message answers, what it says."""
