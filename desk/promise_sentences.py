"""What the history says about promises to the customer (N12)."""

from __future__ import annotations

from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.moments import day_time
from tickets.models import Event


def promised(who: SafeString, event: Event) -> SafeString:
    """One step of a promise; nobody breaks one by themselves, time does."""
    time = _time(event, event.data.get("due_at", ""))
    if event.data.get("step") == "broken":
        return format_html(_("The promise to answer by {} was broken"), time)
    sentence = {
        "moved": _("{} moved a promise to {}"),
        "kept": _("{} kept the promise to answer by {}"),
        "made_good": _("{} made good the promise to answer by {}"),
        "withdrawn": _("{} withdrew the promise to answer by {}"),
        "reopened": _("{} took the answer back: promised by {}"),
    }.get(event.data.get("step", "")) or _("{} promised an answer by {}")
    return format_html(sentence, who, time)


def _time(event: Event, moment: str) -> SafeString:
    if not moment:
        return format_html("{}", "")
    return format_html("<b>{}</b>", day_time(datetime.fromisoformat(moment), now=event.at))
