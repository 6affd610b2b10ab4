"""Steps on the way to a calendar: they change what stands in the form and save nothing."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from calendars.forms import CalendarForm
from calendars.models import BusinessCalendar
from calendars.parts import Holiday, merged

COPIED_TO = ("tue", "wed", "thu", "fri")
PREVIEW, COPY, COUNTRY, FILE = "preview", "copy", "country", "file"


def take(step: str, *, data: Any, files: Any, calendar: BusinessCalendar | None) -> CalendarForm:
    """The form after a step, with everything that was typed still in it.

    A preview judges what was typed; the other steps take it as it is.
    """
    typed = CalendarForm(data, files, instance=calendar)
    if step == PREVIEW:
        return typed
    facts, note = typed.typed(), ""
    if step == COPY:
        facts |= dict.fromkeys(COPIED_TO, facts["mon"])
    offered = _offered(step, typed)
    if offered:
        before = len(facts["holidays"])
        facts["holidays"] = merged(facts["holidays"], offered)
        note = _note(len(facts["holidays"]) - before)
    form = CalendarForm(instance=calendar, initial=facts)
    form.days_off, form.note, form.sample = typed.days_off, note, {}
    return form


def _offered(step: str, typed: CalendarForm) -> list[Holiday]:
    if step == COUNTRY:
        return typed.days_off.of_country()
    return typed.days_off.of_file() if step == FILE else []


def _note(count: int) -> str:
    if not count:
        return _("All of these days are in the list already.")
    sentence = ngettext(
        "%(n)s day was added to the list. Untick it if you do not observe it.",
        "%(n)s days were added to the list. Untick those you do not observe.",
        count,
    )
    return sentence % {"n": count}
