"""Rules tried on mails and tickets: nothing is written, nothing is sent (N3)."""
