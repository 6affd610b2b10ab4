"""How mail is doing: lines of the system page, checks of `verify`, numbers for /metrics."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Min
from django.utils.translation import gettext as _

from core import clock
from core.models import Delivery
from core.registries import Finding, HealthLine
from core.times import span_text
from mailpipe import spool
from mailpipe.actions.outgoing import cancel_reply
from mailpipe.models import InboundMail, OutgoingMail
from mailpipe.queueing import OUTBOX, queue_reply
from tickets.actions import mark_delivery
from tickets.actions.delivery import DeliveryNews
from tickets.models import Message

SPOOL_ALARM, OUTBOX_ALARM = timedelta(minutes=2), timedelta(minutes=10)
STUCK = timedelta(hours=1)
SHOWN = 20
State = Message.DeliveryState


def oldest_spooled() -> HealthLine:
    """Age of the oldest mail the drain has not taken in (trust.md 4)."""
    seconds = spool.oldest_age(Path(settings.MAIL_SPOOL), now=clock.now()) or 0.0
    text = _("Oldest mail in the spool: %(age)s") % {"age": _age(seconds)}
    well = seconds < SPOOL_ALARM.total_seconds()
    return HealthLine(_("Spool"), text, is_well=well, value=seconds)


def unsettled_mails() -> HealthLine:
    """Received mails without an outcome."""
    now = clock.now()
    oldest = InboundMail.objects.unsettled().aggregate(at=Min("received_at"))["at"]
    seconds = _seconds(oldest, now)
    text = _("Oldest mail without an outcome: %(age)s") % {"age": _age(seconds)}
    well = seconds < STUCK.total_seconds()
    return HealthLine(_("Intake"), text, is_well=well, value=seconds)


def failed_mails() -> HealthLine:
    """Mails we could not settle."""
    count = InboundMail.objects.filter(outcome=InboundMail.Outcome.FAILED).count()
    text = _("Received mails that failed: %(count)d") % {"count": count}
    return HealthLine(_("Failed mails"), text, is_well=count == 0, value=count)


def quarantined_mails() -> HealthLine:
    """Mails that wait for somebody's decision; many are no alarm."""
    count = InboundMail.objects.quarantined().count()
    text = _("Mails in quarantine: %(count)d") % {"count": count}
    return HealthLine(_("Quarantine"), text, is_well=True, value=count)


def oldest_due_mail() -> HealthLine:
    """How late the outbox is."""
    now = clock.now()
    due = OutgoingMail.objects.filter(OutgoingMail.due_condition(now))
    seconds = _seconds(due.aggregate(at=Min("due_at"))["at"], now)
    text = _("Oldest mail waiting to be sent: %(age)s") % {"age": _age(seconds)}
    well = seconds < OUTBOX_ALARM.total_seconds()
    return HealthLine(_("Outbox"), text, is_well=well, value=seconds)


def dead_mails() -> HealthLine:
    """Outgoing mails set aside after crashes."""
    count = OutgoingMail.objects.filter(state=Delivery.State.DEAD).count()
    text = _("Outgoing mails set aside: %(count)d") % {"count": count}
    return HealthLine(_("Dead letters"), text, is_well=count == 0, value=count)


def check_replies(*, repair: bool) -> list[Finding]:
    """A reply that says it is on its way has a row in the outbox."""
    lost = Message.objects.filter(
        kind=Message.Kind.REPLY, delivery_state=State.QUEUED, outgoing_mail=None
    ).select_related("ticket__customer", "ticket__department")
    findings = []
    for message in lost[:SHOWN]:
        if repair:
            now = clock.now()
            queue_reply(message, leaves_at=now, now=now)
        findings.append(Finding(f"{message} waits without a mail in the outbox", repaired=repair))
    return findings


def check_withdrawn(*, repair: bool) -> list[Finding]:
    """A withdrawn reply, or a note, never waits in the outbox (X-37)."""
    waiting = OutgoingMail.objects.filter(state=Delivery.State.PENDING)
    wrong = waiting.filter(message__is_held=True) | waiting.filter(message__kind="note")
    findings = []
    for row in wrong.select_related("message")[:SHOWN]:
        if repair and row.message is not None:
            cancel_reply(row.message)
        findings.append(Finding(f"outgoing mail {row.pk} must not leave", repaired=repair))
    return findings


def check_delivery_states(*, repair: bool) -> list[Finding]:
    """What the message says about its delivery is what became of its mail."""
    pairs = {
        Delivery.State.SENT: (State.SENT, State.FAILED),
        Delivery.State.KEPT: (State.KEPT,),
        Delivery.State.FAILED: (State.FAILED,),
        Delivery.State.DEAD: (State.FAILED,),
    }
    findings = []
    for state, shown in pairs.items():
        rows = OutgoingMail.objects.filter(state=state, message__isnull=False)
        for row in rows.exclude(message__delivery_state__in=shown).select_related("message")[
            :SHOWN
        ]:
            if repair and row.message is not None:
                news = DeliveryNews(state=shown[0], detail=row.last_error)
                mark_delivery(row.message, news=news, actor=OUTBOX, now=clock.now())
            findings.append(Finding(f"{row.message} doesn't show {state}", repaired=repair))
    return findings


def check_outbox(*, repair: bool) -> list[Finding]:
    """Nothing is due for long; the sweep is what repairs this."""
    late = OutgoingMail.objects.filter(OutgoingMail.due_condition(clock.now() - STUCK))
    return [
        Finding(f"outgoing mail {row.pk} is due since {row.due_at:%F %R}") for row in late[:SHOWN]
    ]


def check_ledger(*, repair: bool) -> list[Finding]:
    """Every mail gets an outcome; that its raw bytes are there, core's check of files tells."""
    rows = InboundMail.objects.unsettled().filter(received_at__lt=clock.now() - STUCK)
    return [
        Finding(f"mail {row.pk} has no outcome since {row.received_at:%F %R}")
        for row in rows[:SHOWN]
    ]


def _seconds(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _age(seconds: float) -> str:
    if not seconds:
        return _("none")
    return span_text(timedelta(seconds=seconds))
