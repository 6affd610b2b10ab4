"""Bounces: joined to the mail that came back, and shown to whoever sent it (mail.md 44)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.text import clean_line
from customers.actions import flag_undeliverable
from mailpipe import identity, tokens
from mailpipe.addresses import canonical, strip_plus
from mailpipe.bounces import Bounce, Kind
from mailpipe.models import InboundMail, MessageIdentifier, OutgoingMail
from mailpipe.queueing import OUTBOX
from mailpipe.recogniser.addressing import candidates
from mailpipe.recogniser.case import Case, Settlement
from mailpipe.tokens import Scope
from tickets.actions import mark_delivery
from tickets.actions.delivery import DeliveryNews
from tickets.models import Message


def join_bounce(case: Case) -> Settlement | None:
    """A report about one of our mails marks it; any other goes the way of automatic mail."""
    bounce = case.mail.bounce
    if bounce is None:
        return None
    row = _returned_mail(case, bounce)
    if row is None:
        case.note("bounce", "of no mail of ours")
        return None
    failed = _affected(row, bounce)
    words = clean_line(f"{bounce.status} {bounce.diagnostic}", 250)
    for email in failed:
        flag_undeliverable(email, is_permanent=bounce.permanent, now=case.now)
    # Whoever complains about spam did get the mail.
    if failed and bounce.permanent and bounce.kind is not Kind.COMPLAINT:
        _mark_failed(row, failed, words, case)
    case.note("bounce", f"{', '.join(failed) or 'nobody of the recipients'}: {words}")
    return Settlement(
        outcome=InboundMail.Outcome.REPLY,
        reason=f"delivery report: {words}",
        ticket=row.ticket,
    )


def _returned_mail(case: Case, bounce: Bounce) -> OutgoingMail | None:
    """By the Message-ID it names, else the newest mail of the ticket the report was sent to."""
    rows = OutgoingMail.objects.select_for_update(of=("self",)).select_related(
        "ticket__department", "message"
    )
    if bounce.message_id:
        named = rows.filter(identifier=bounce.message_id).first()
        return named or rows.filter(message__in=_sent_before(bounce.message_id)).first()
    for candidate in candidates(case.mail.parsed, case.row.recipient):
        claim = tokens.read_reply_address(candidate.email)
        if claim is None or claim.scope is not Scope.BOUNCE:
            continue
        if tokens.verify_reply(identity.ring(), claim, strip_plus(candidate.email)):
            replies = rows.filter(ticket__thread_token=claim.token, kind=OutgoingMail.Kind.REPLY)
            return replies.exclude(sent_at=None).order_by("-pk").first()
    return None


def _sent_before(identifier: str) -> QuerySet[MessageIdentifier, Any]:
    """The message that left under this Message-ID before it was sent once more."""
    former = MessageIdentifier.objects.filter(key=MessageIdentifier.key_of(identifier))
    return former.exclude(message=None).values("message")


def _affected(row: OutgoingMail, bounce: Bounce) -> list[str]:
    """Only those we wrote to: a forged report flags nobody else."""
    named = {canonical(email) for email in bounce.recipients}
    sent_to = row.recipients()
    hit = [email for email in sent_to if canonical(email) in named]
    return hit or (sent_to if not named and len(sent_to) == 1 else [])


def _mark_failed(row: OutgoingMail, failed: list[str], words: str, case: Case) -> None:
    result = {"state": "failed", "code": 0, "words": words}
    row.recipient_results |= dict.fromkeys(failed, result)
    row.save(update_fields=["recipient_results"])
    if row.message is not None:
        detail = _("Delivery to %(names)s failed: %(words)s") % {
            "names": ", ".join(failed),
            "words": words,
        }
        news = DeliveryNews(state=Message.DeliveryState.FAILED, detail=detail)
        mark_delivery(row.message, news=news, actor=OUTBOX, now=case.now)
