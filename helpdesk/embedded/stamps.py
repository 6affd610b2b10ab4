"""Remembers what a start has prepared, so that the next one need not do it again."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .places import ROOT

PACKAGES = ROOT / "requirements" / "base.txt"
COLLECTED = ROOT / "staticfiles" / "staticfiles.json"


@dataclass(frozen=True)
class Stamp:
    """A file that holds the fingerprint of what it was made from."""

    path: Path
    fingerprint: str
    product: Path | None = None

    @property
    def is_fresh(self) -> bool:
        is_there = self.product is None or self.product.exists()
        return is_there and self.path.exists() and self.path.read_text() == self.fingerprint

    def renew(self) -> None:
        self.path.write_text(self.fingerprint)


def tables(path: Path) -> Stamp:
    return Stamp(path, fingerprint([*ROOT.glob("*/migrations/*.py"), PACKAGES]))


def statics(path: Path) -> Stamp:
    sources = [*(ROOT / "static").rglob("*"), *(ROOT / "core").glob("*.py"), PACKAGES]
    return Stamp(path, fingerprint(sources), product=COLLECTED)


def fingerprint(files: Iterable[Path]) -> str:
    """By times and sizes: reading every file would cost what the stamp saves."""
    digest = hashlib.sha256()
    for file in sorted(files):
        facts = file.stat()
        digest.update(f"{file}:{facts.st_mtime_ns}:{facts.st_size};".encode())
    return digest.hexdigest()
