"""What managers and the ticket floor do to policies and clocks."""
