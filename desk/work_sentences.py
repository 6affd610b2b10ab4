"""What happened to tasks, appointments and time, as sentences of the history."""

from __future__ import annotations

from datetime import datetime

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.moments import day_time
from tickets.models import Event
from tickets.time_spent import written_span


def work_sentence(who: SafeString, event: Event) -> SafeString:
    """One sentence for an event of work around the ticket."""
    said = {
        Event.Kind.TASK_CHANGED: _task,
        Event.Kind.APPOINTMENT_CHANGED: _appointment,
        Event.Kind.TIME_CHANGED: _time,
    }
    return said[Event.Kind(event.kind)](who, event)


def _task(who: SafeString, event: Event) -> SafeString:
    sentence = {
        "created": _("{} added the task {}"),
        "done": _("{} did the task {}"),
        "changed": _("{} changed the task {}"),
        "item_done": _("{} ticked off an entry of the task {}"),
        "item_open": _("{} took back a tick of the task {}"),
    }.get(event.data.get("step", "")) or _("{} put the task {} back")
    return format_html(sentence, who, _bold(event.data.get("task", "")))


def _appointment(who: SafeString, event: Event) -> SafeString:
    title = _bold(event.data.get("appointment", ""))
    at = day_time(datetime.fromisoformat(event.data["starts_at"]), now=event.at)
    match event.data.get("step"):
        case "finished":
            return format_html(_("{} finished the appointment {}"), who, title)
        case "cancelled":
            return format_html(_("{} cancelled the appointment {}, {}"), who, title, at)
        case "moved":
            return format_html(_("{} changed the appointment {}: {}"), who, title, at)
    return format_html(_("{} booked the appointment {}, {}"), who, title, at)


def _time(who: SafeString, event: Event) -> SafeString:
    span = _bold(written_span(event.data.get("seconds", 0)))
    person = event.data.get("person", "")
    match event.data.get("step"):
        case "deleted":
            return format_html(_("{} struck out {} of {}"), who, span, person)
        case "changed":
            before = written_span(event.data.get("before", 0))
            sentence = _("{} changed the time of {} from {} to {}")
            return format_html(sentence, who, person, before, span)
    if person != event.actor_name:
        return format_html(_("{} stopped the timer of {} after {}"), who, person, span)
    return format_html(_("{} spent {} on the ticket"), who, span)


def _bold(text: str) -> SafeString:
    return format_html("<b>{}</b>", text)
