"""The banner on the queue while the demo company's past is filled in (N6)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from core.memo import remembered
from helpdesk.demo import play


def unfinished_words(_request: HttpRequest) -> str:
    """How far the history is; empty where there is no demo or nothing is left."""
    left = _left() if settings.DEMO else None
    if left is None:
        return ""
    words = _(
        "The past of this demo company is still being written: %(done)d of %(total)d tickets."
    )
    return words % {"done": left.done, "total": left.total}


@remembered()
def _left() -> play.Progress | None:
    return play.history_left()
