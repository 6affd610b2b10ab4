"""Who is on call, who is paged, and what an emergency demands by when (rules.md 9)."""
