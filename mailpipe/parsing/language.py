"""A hint at the language: what the headers say, else what the script alone gives away."""

import re

from mailpipe.parsing.headers import Headers

_TAG = re.compile(r"\s*([a-zA-Z]{2,3})(?:[-_]([a-zA-Z]{2,4}))?\b")
_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("uk", re.compile("[іїєґІЇЄҐ]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
)
_SAMPLE = 2000
_ENOUGH = 5


def guess_language(headers: Headers, text: str) -> str:
    """A lower-case language tag such as `de` or `pt-br`, "" when nothing tells."""
    for name in ("content-language", "accept-language"):
        match = _TAG.match(headers.get(name))
        if match:
            return "-".join(piece.lower() for piece in match.groups() if piece)
    sample = text[:_SAMPLE]
    return next((tag for tag, script in _SCRIPTS if len(script.findall(sample)) >= _ENOUGH), "")
