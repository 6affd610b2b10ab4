"""The composition root: settings, addresses, the embedded runtime; nobody imports it."""
