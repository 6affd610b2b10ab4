"""What becomes of promises at their time: a word before, and the breach (N12)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from core.models import TimedAction
from core.moments import day_time
from core.timers import TimerKind, timer_kinds
from notifications.actions import notify
from notifications.kinds import MAIL, NoticeKind, notice_kinds
from notifications.notices import Notice
from tickets.actions.promises import DUE as DUE_TIMER
from tickets.actions.promises import SOON as SOON_TIMER
from tickets.actions.promises import break_promise, withdraw_promise
from tickets.actors import Actor
from tickets.models import Promise, Ticket

SOON, BROKEN = "ticket.promise_soon", "ticket.promise_broken"


def lock_promised(action: TimedAction) -> None:
    """The ticket before its timer, as the actions take them."""
    about = Promise.objects.filter(pk=action.key).values("ticket")
    Ticket.objects.select_for_update(of=("self",)).filter(pk__in=about).first()


def tell_soon(action: TimedAction, now: datetime) -> None:
    """Half an hour before: remind whoever has the ticket, else whoever promised."""
    promise = _waiting(action)
    if promise is not None and promise.due_at > now:
        title = _("Promised by %(time)s: #%(number)s %(subject)s")
        key = f"promise-soon:{promise.pk}:{promise.due_at.timestamp():.0f}"
        _tell(promise, _bearers(promise)[:1], kind=SOON, title=title, key=key, now=now)


def end_due(action: TimedAction, now: datetime) -> None:
    """Nobody answered in time: broken, and told; a ticket nobody waits for breaks nothing."""
    promise = _waiting(action)
    if promise is None or promise.due_at > now:
        return
    if not (promise.ticket.merged_into or promise.ticket).is_open:
        withdraw_promise(promise, actor=Actor.system(""), now=now)
        return
    break_promise(promise, actor=Actor.system(""), now=now)
    title = _("Promise broken: #%(number)s %(subject)s")
    key = f"promise-broken:{promise.pk}"
    _tell(promise, _bearers(promise), kind=BROKEN, title=title, key=key, now=now)


def _waiting(action: TimedAction) -> Promise | None:
    rows = Promise.objects.open().select_related(
        "ticket__assignee", "ticket__merged_into__assignee", "by"
    )
    return rows.filter(pk=action.key).first()


def _bearers(promise: Promise) -> list[User]:
    """Who has the ticket, then who promised."""
    people = [(promise.ticket.merged_into or promise.ticket).assignee, promise.by]
    return list(dict.fromkeys(user for user in people if user is not None and user.is_active))


def _tell(
    promise: Promise, people: list[User], *, kind: str, title: Any, key: str, now: datetime
) -> None:
    """Each in their own language; only those who may still see the ticket (X-15)."""
    ticket = promise.ticket
    for user in people:
        if not Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists():
            continue
        with override(user.language or None):
            facts = {"number": ticket.number, "subject": ticket.subject}
            words = str(title) % (facts | {"time": day_time(promise.due_at, now=now)})
        url = reverse("desk:ticket", args=[ticket.number])
        about = f"ticket:{ticket.pk}"
        notice = Notice(kind=kind, title=words, body=promise.text, url=url, about=about)
        notify([user], notice, key=f"{key}:{user.pk}", now=now)


timer_kinds.register(DUE_TIMER, TimerKind(_("Promise to a customer"), end_due, lock_promised))
timer_kinds.register(SOON_TIMER, TimerKind(_("Promise due soon"), tell_soon, lock_promised))
notice_kinds.register(SOON, NoticeKind(SOON, _("Promises due soon"), (MAIL,), _("Tickets")))
notice_kinds.register(BROKEN, NoticeKind(BROKEN, _("Broken promises"), (MAIL,), _("Tickets")))
