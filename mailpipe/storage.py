"""Where the files of a mail go: into the store, or nowhere in a dry run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from core import files
from core.files import StoredFile

Store = Callable[[bytes], StoredFile]


def keep(content: bytes) -> StoredFile:
    """Write the file; it is durable before the row that names it commits (mail.md 7)."""
    return files.put(content)


def measure(content: bytes) -> StoredFile:
    """Name the file as `keep` would, and write nothing."""
    return StoredFile(hashlib.sha256(content).hexdigest(), len(content))
