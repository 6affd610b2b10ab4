"""What happened to a ticket, as sentences between its messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import ui
from core.moments import day_time, moment_mark
from desk.claim_sentences import claim_sentence
from desk.promise_sentences import promised
from desk.related_sentences import RELATING_KINDS, related
from desk.work_sentences import work_sentence
from tickets.escalating import reason_words
from tickets.models import Event, TicketLink

# Messages stand in the thread themselves.
SILENT_KINDS = (
    Event.Kind.OPENED,
    Event.Kind.MESSAGE_RECEIVED,
    Event.Kind.REPLIED,
    Event.Kind.NOTE_ADDED,
    Event.Kind.FORWARDED,
)
_ICONS: dict[str, str] = {
    Event.Kind.CLOSED: "check",
    Event.Kind.REOPENED: "rotate-ccw",
    Event.Kind.MARKED_SPAM: "ban",
    Event.Kind.UNMARKED_SPAM: "ban",
    Event.Kind.TAGGED: "tag",
    Event.Kind.FOLLOWERS_CHANGED: "users",
    Event.Kind.LINKED: "link",
    Event.Kind.DELIVERY_FAILED: "triangle-alert",
    Event.Kind.REPLY_WITHDRAWN: "undo-2",
    Event.Kind.SENT_AGAIN: "refresh-cw",
    Event.Kind.MERGED: "git-merge",
    Event.Kind.MERGED_IN: "git-merge",
    Event.Kind.UNMERGED: "undo-2",
    Event.Kind.PARTED: "undo-2",
    Event.Kind.SPLIT: "git-merge",
    Event.Kind.UNLINKED: "link",
    Event.Kind.INCIDENT: "users",
    Event.Kind.ESCALATED: "arrow-up",
    Event.Kind.DEESCALATED: "arrow-down",
    Event.Kind.SNOOZED: "moon",
    Event.Kind.WOKEN: "sun",
    Event.Kind.UNPINNED: "pin",
    Event.Kind.TASK_CHANGED: "list-checks",
    Event.Kind.APPOINTMENT_CHANGED: "calendar",
    Event.Kind.TIME_CHANGED: "clock",
    Event.Kind.ASSET_CHANGED: "package",
    Event.Kind.CLAIM_CHANGED: "shield-check",
    Event.Kind.WATCHERS_CHANGED: "eye",
    Event.Kind.PROMISE: "hourglass",
    Event.Kind.REPLY_SCHEDULED: "clock",
    Event.Kind.FORWARD_WITHDRAWN: "undo-2",
    Event.Kind.REDACTED: "eye-off",
}


@dataclass(frozen=True)
class EventLine:
    """Events between two messages, folded into one line."""

    icon: SafeString
    first: SafeString
    more: list[SafeString]
    more_words: str
    time: SafeString


def event_line(events: list[Event], *, now: datetime) -> EventLine:
    """One line for what happened between two messages; the rest unfolds."""
    sentences = [sentence for event in events for sentence in sentences_of(event)]
    return EventLine(
        icon=ui.icon(_ICONS.get(events[0].kind, "history")),
        first=sentences[0],
        more=sentences[1:],
        more_words=_("%(count)d more") % {"count": len(sentences) - 1},
        time=moment_mark(events[-1].at, now=now),
    )


def sentences_of(event: Event) -> list[SafeString]:
    """What one event says; a change-set says one sentence for each field."""
    who = who_did(event)
    if changes := event.data.get("changes"):
        said = [_changed(who, name, change) for name, change in changes.items()]
        return [*said, *_causes(event)]
    return [_happened(who, event)]


def _causes(event: Event) -> list[SafeString]:
    """Why, where the change alone would puzzle its reader."""
    if event.data.get("cause") == "inactivity":
        return [format_html(_("Closed by inactivity: {}"), _("nobody has written for long"))]
    if lacking := event.data.get("lacking"):
        return [format_html(_("Resolved without an answer in: {}"), ", ".join(lacking))]
    return []


def icon_of(kind: str) -> str:
    """The icon of a kind of event."""
    return _ICONS.get(kind, "history")


def who_did(event: Event) -> SafeString:
    """The name the doer had; a rule is called one, a macro stands beside whoever clicked it."""
    name = event.actor_name or _("The system")
    if macro := event.data.get("macro"):
        return format_html(_("{} by the macro {}"), _bold(name), _bold(macro))
    if event.actor_kind == Event.ActorKind.RULE:
        return format_html(_("Rule {}"), _bold(name))
    return _bold(name)


def _changed(who: SafeString, field: str, change: dict[str, Any]) -> SafeString:
    before, after = _name(change.get("before")), _name(change.get("after"))
    if field == "assignee":
        return _assigned(who, before, after)
    if field.startswith("sla_"):
        return _deadlines(who, field, after)
    if field.startswith("custom."):
        sentence = _("{} changed {} from {} to {}")
        none = _("none")
        return format_html(
            sentence, who, change.get("label", ""), before or none, _bold(after or none)
        )
    if field == "subject":
        return format_html(_("{} changed the subject from “{}”"), who, before)
    sentence = {
        "status": _("{} changed the status from {} to {}"),
        "priority": _("{} changed the priority from {} to {}"),
        "service": _("{} changed the service from {} to {}"),
        "department": _("{} moved the ticket from {} to {}"),
        "customer": _("{} changed the customer from {} to {}"),
    }.get(field) or _("{} changed a field from {} to {}")
    return format_html(sentence, who, before or _("none"), _bold(after or _("none")))


def _deadlines(who: SafeString, field: str, after: str) -> SafeString:
    """What a manager or a rule decided about the deadlines (R102)."""
    if field == "sla_exclusion":
        if after:
            return format_html(_("{} took the ticket out of all deadlines: {}"), who, _bold(after))
        return format_html(_("{} gave the ticket its deadlines again"), who)
    if after:
        return format_html(_("{} put the ticket under the policy {}"), who, _bold(after))
    return format_html(_("{} let the policies decide again"), who)


def _assigned(who: SafeString, before: str, after: str) -> SafeString:
    if not after:
        return format_html(_("{} took the ticket from {}"), who, _bold(before))
    return format_html(_("{} assigned {}"), who, _bold(after))


def _happened(who: SafeString, event: Event) -> SafeString:
    if teller := _TELLERS.get(event.kind):
        return teller(who, event)
    sentence = {
        Event.Kind.CLOSED: _("{} closed the ticket"),
        Event.Kind.REOPENED: _("{} reopened the ticket"),
        Event.Kind.MARKED_SPAM: _("{} marked the ticket as spam"),
        Event.Kind.UNMARKED_SPAM: _("{} brought the ticket back from spam"),
        Event.Kind.REPLY_WITHDRAWN: _("{} took a reply back before it left"),
        Event.Kind.SENT_AGAIN: _("{} sent a message again"),
        Event.Kind.RELEASED: _("{} approved a message"),
        Event.Kind.DELETED: _("{} deleted the ticket"),
        Event.Kind.WOKEN: _("{} brought the ticket back into the queue"),
        Event.Kind.UNPINNED: _("{} unpinned the hand-over note"),
        Event.Kind.FORWARD_WITHDRAWN: _("{} took a forward back before it left"),
    }.get(Event.Kind(event.kind)) or _("{} changed the ticket")
    return format_html(sentence, who)


def _linked(who: SafeString, event: Event) -> SafeString:
    number = f"#{event.data.get('number', '')}"
    if event.data.get("link") == TicketLink.Kind.SPLIT:
        return format_html(_("{} split this ticket off {}"), who, _bold(number))
    return format_html(_("{} linked this ticket to {}"), who, _bold(number))


def _undelivered(_who: SafeString, event: Event) -> SafeString:
    return format_html(_("A reply could not be delivered: {}"), event.data.get("detail", ""))


def _escalated(who: SafeString, event: Event) -> SafeString:
    facts = [who]
    if event.kind == Event.Kind.DEESCALATED:
        plain, told = _("{} took the escalation back"), _("{} took the escalation back: {}")
    elif team := event.data.get("team"):
        facts.append(_bold(team))
        plain, told = _("{} escalated the ticket to {}"), _("{} escalated the ticket to {}: {}")
    else:
        facts.append(_bold(str(event.data.get("level", ""))))
        plain = _("{} escalated the ticket to level {}")
        told = _("{} escalated the ticket to level {}: {}")
    # A reason that repeated redacted words is blank.
    if reason := reason_words(event.data.get("reason", "")):
        return format_html(told, *facts, reason)
    return format_html(plain, *facts)


def _snoozed(who: SafeString, event: Event) -> SafeString:
    until = _bold(day_time(datetime.fromisoformat(event.data["until"]), now=event.at))
    if reason := event.data.get("reason", ""):
        return format_html(_("{} snoozed the ticket until {}: {}"), who, until, reason)
    return format_html(_("{} snoozed the ticket until {}"), who, until)


def _redacted(who: SafeString, event: Event) -> SafeString:
    is_file = event.data.get("what") == "file"
    sentence = _("{} redacted a file: {}") if is_file else _("{} redacted a message: {}")
    return format_html(sentence, who, event.data.get("reason", ""))


def _scheduled(who: SafeString, event: Event) -> SafeString:
    due = _bold(day_time(datetime.fromisoformat(event.data["due_at"]), now=event.at))
    match event.data.get("step"):
        case "planned":
            return format_html(_("{} scheduled a reply for {}"), who, due)
        case "cancelled":
            return format_html(_("{} called the reply scheduled for {} off"), who, due)
    reason = event.data.get("reason", "")
    return format_html(_("The reply scheduled for {} was not sent: {}"), due, reason)


def _listed(who: SafeString, event: Event) -> SafeString:
    added = ", ".join(event.data.get("added", []))
    removed = ", ".join(event.data.get("removed", []))
    if added and removed:
        return format_html(_("{} added {} and removed {}"), who, _bold(added), removed)
    came, went = {
        Event.Kind.TAGGED: (_("{} added the tag {}"), _("{} removed the tag {}")),
        Event.Kind.WATCHERS_CHANGED: (_("{} added the watcher {}"), _("{} removed the watcher {}")),
    }.get(Event.Kind(event.kind)) or (
        _("{} added the follower {}"),
        _("{} removed the follower {}"),
    )
    return format_html(came if added else went, who, _bold(added or removed))


def _name(value: Any) -> str:
    return str(value.get("name", "")) if isinstance(value, dict) else str(value or "")


def _bold(text: str) -> SafeString:
    return format_html("<b>{}</b>", text)


# Kinds whose sentence needs more of the event than who did it.
_TELLERS: dict[str, Callable[[SafeString, Event], SafeString]] = {
    Event.Kind.TAGGED: _listed,
    Event.Kind.FOLLOWERS_CHANGED: _listed,
    Event.Kind.WATCHERS_CHANGED: _listed,
    Event.Kind.ESCALATED: _escalated,
    Event.Kind.DEESCALATED: _escalated,
    Event.Kind.SNOOZED: _snoozed,
    Event.Kind.TASK_CHANGED: work_sentence,
    Event.Kind.APPOINTMENT_CHANGED: work_sentence,
    Event.Kind.TIME_CHANGED: work_sentence,
    Event.Kind.ASSET_CHANGED: claim_sentence,
    Event.Kind.CLAIM_CHANGED: claim_sentence,
    Event.Kind.REDACTED: _redacted,
    Event.Kind.REPLY_SCHEDULED: _scheduled,
    Event.Kind.PROMISE: promised,
    Event.Kind.LINKED: _linked,
    Event.Kind.DELIVERY_FAILED: _undelivered,
    **dict.fromkeys(RELATING_KINDS, related),
}
