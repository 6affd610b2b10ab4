"""Pages of the agents' surface."""
