"""Pages about deadlines that are no settings table."""
