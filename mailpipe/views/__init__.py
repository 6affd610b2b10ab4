"""Pages of mail: the intake ledger and the outbox."""
