"""Pages of people: doors, staff, profile."""
