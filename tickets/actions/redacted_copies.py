"""Redacted words where staff repeated them outside of messages: reasons, updates of incidents."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from tickets.actions.escalation import MAX_REASON
from tickets.models import Event, IncidentPost, IncidentUpdate, Message, Ticket
from tickets.redacting import repeats, tells, without_lines

# The trigger of the append-only history lets this pass, and for this transaction only.
_LET = "SELECT set_config('helpdesk.redacting', %s, true)"
_BLANK = "UPDATE tickets_event SET data = jsonb_set(data, '{reason}', '\"\"') WHERE id = ANY(%s)"


def forget_reasons(tickets: Iterable[Ticket], *, passages: Collection[str]) -> None:
    """Blank the reasons in the histories that repeat a passage; why words were redacted stays."""
    rows = Event.objects.filter(ticket__in=tickets, data__has_key="reason")
    told = [
        pk
        for pk, reason in rows.exclude(kind=Event.Kind.REDACTED).values_list("pk", "data__reason")
        if repeats(str(reason), passages, limit=MAX_REASON)
    ]
    if not told:
        return
    with connection.cursor() as cursor:
        cursor.execute(_LET, ["on"])
        cursor.execute(_BLANK, [told])
        cursor.execute(_LET, ["off"])


def forget_updates(
    tickets: Iterable[Ticket], *, message: Message, passages: Collection[str], notice: str
) -> None:
    """Take the words out of what incidents told: all of what the message was, else single lines.

    What still waits to be written into other tickets is left out there.
    """
    near = Q(incident__in=tickets) | Q(posts__ticket__in=tickets)
    ids = list(IncidentUpdate.objects.filter(near).values_list("pk", flat=True))
    for update in IncidentUpdate.objects.select_for_update().filter(pk__in=ids).order_by("pk"):
        text = _without(update, message, passages, notice)
        if text != update.text:
            update.text = text
            update.save(update_fields=["text"])
            _stop(update)


def _without(
    update: IncidentUpdate, message: Message, passages: Collection[str], notice: str
) -> str:
    if update.posts.filter(message=message).exists():
        return notice
    if not tells(update.text, passages):
        return update.text
    return without_lines(update.text, passages, notice=notice)


def _stop(update: IncidentUpdate) -> None:
    waiting = update.posts.filter(state=IncidentPost.State.WAITING)
    waiting.update(state=IncidentPost.State.SKIPPED, reason=_("Its words were redacted."))
