"""Notifications, their deliveries, and where else staff is reached."""
