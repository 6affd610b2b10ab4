"""The commands of this repository: up, dev, test, lint, and what they share."""
