"""Mail: the durable spool, understanding what came in, and everything that leaves."""
