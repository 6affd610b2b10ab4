"""Who goes away may give back what still waits for an answer (rules.md 5.4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from accounts.models import User
from automation.assigning.asking import ask_for_agent
from core.models import TimedAction
from core.timers import schedule
from tickets.actions import Changes
from tickets.actions.changes import apply_changes
from tickets.actors import Actor
from tickets.models import Ticket

TIMER: Final = "automation.give_back"
# Tickets somebody holds at that moment are looked at again.
AGAIN_AFTER: Final = timedelta(seconds=30)


def plan_return(user_id: int, *, now: datetime) -> None:
    """Let the tickets be given back once this is committed.

    Not at once: the caller holds the person's row, and who holds a ticket may wait for that one.
    """
    if User.objects.get_queryset().filter(pk=user_id, gives_back_unanswered=True).exists():
        schedule(TIMER, str(user_id), due_at=now)


def give_back(action: TimedAction, now: datetime) -> None:
    """Unanswered tickets go back to their queues and ask for another agent; others stay.

    Looks again whether the person is still away, and leaves tickets that somebody holds for later.
    """
    user = User.objects.get_queryset().filter(pk=int(action.key)).first()
    if user is None or user.is_available or not user.gives_back_unanswered:
        return
    unanswered = Ticket.objects.open().filter(assignee=user, waiting_since__isnull=False)
    wanted = set(unanswered.values_list("pk", flat=True))
    held = unanswered.select_for_update(of=("self",), skip_locked=True).order_by("pk")
    related = held.select_related("status", "priority", "department", "customer", "service")
    for ticket in related:
        _give_back(ticket, user, now=now)
        wanted.discard(ticket.pk)
    if wanted:
        schedule(TIMER, action.key, due_at=now + AGAIN_AFTER)


def _give_back(ticket: Ticket, user: User, *, now: datetime) -> None:
    actor = Actor.system(_("Assignment"))
    ticket.assignee = user
    apply_changes(ticket, changes=Changes(assignee=None), actor=actor, now=now)
    ask_for_agent(ticket, now=now)
