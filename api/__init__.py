"""JSON for machines: keys, the gate before every endpoint, and the endpoints."""
