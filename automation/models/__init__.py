"""Rules, their versions and runs; seats, escalations, on-call."""
