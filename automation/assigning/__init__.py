"""Fair assignment: tickets ask for an agent, departments give them out (rules.md 5)."""
