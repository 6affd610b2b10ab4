"""The demo company: 90 days of tickets, built through the real actions (N6)."""
