"""What a requester wants to see: agenda, timeline, explanations; rows first, then text or JSON."""
