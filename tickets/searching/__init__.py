"""What agents type into the search: a small language, and what it means."""
