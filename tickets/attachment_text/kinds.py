"""Which files are read, and how; told by the name, for the reader looks at the bytes itself."""

from __future__ import annotations

from pathlib import PurePath

MAX_BYTES = 20 * 1024 * 1024

_KINDS = {
    "pdf": [".pdf"],
    "office": [".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp"],
    "html": [".html", ".htm"],
    "plain": [
        ".txt",
        ".log",
        ".csv",
        ".tsv",
        ".md",
        ".ics",
        ".vcf",
        ".json",
        ".xml",
        ".yaml",
        ".yml",
        ".eml",
    ],
}
_BY_SUFFIX = {suffix: kind for kind, suffixes in _KINDS.items() for suffix in suffixes}
_BY_TYPE = {"application/pdf": "pdf", "text/plain": "plain", "text/csv": "plain"}


def kind_of(filename: str, content_type: str, size: int) -> str:
    """How a file is read; empty when it is not, being a picture, a film or too large."""
    if not 0 < size <= MAX_BYTES:
        return ""
    suffix = PurePath(filename.lower()).suffix
    return _BY_SUFFIX.get(suffix) or _BY_TYPE.get(content_type, "")
