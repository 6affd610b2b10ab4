"""The embedded runtime: everything a help desk needs, started and stopped as one program."""
