"""How each outside service wants to be asked, and what its answers mean."""
