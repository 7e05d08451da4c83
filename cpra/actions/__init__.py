"""What a requester can do, one function each: the only code that changes a workspace."""
