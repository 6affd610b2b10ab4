"""Which forward a mail answers: what third parties write back stays among colleagues."""

from __future__ import annotations

from mailpipe.addresses import canonical
from mailpipe.recogniser.case import Case
from mailpipe.recogniser.standing import Judgement, Standing
from mailpipe.recogniser.threads import Thread, named_identifiers
from mailpipe.tokens import Scope
from tickets.models import Message


def forward_answered(case: Case, thread: Thread, judgement: Judgement) -> Message | None:
    """The forward whose address or Message-ID the mail was sent to; None for all other mail.

    A participant to whom nothing was forwarded, such as a customer who got a copy of the talk,
    speaks as a customer.
    """
    if thread.scope is not Scope.FORWARD:
        return None
    forwards = Message.objects.filter(kind=Message.Kind.FORWARD).select_related("ticket")
    named = forwards.filter(outgoing_mail__identifier__in=named_identifiers(case))
    home = (thread.ticket.pk, thread.ticket.merged_into_id)
    here = forwards.filter(ticket__in=home).order_by("-pk")
    sent_to = [row for row in here[:50] if case.sender.email in _recipients(row)]
    if judgement.standing is Standing.PARTICIPANT and not sent_to:
        return None
    found = [*named.order_by("-pk")[:1], *sent_to, *here[:1]]
    return found[0] if found else None


def _recipients(forward: Message) -> set[str]:
    everybody = [*forward.recipients_to, *forward.recipients_cc, *forward.recipients_bcc]
    return {canonical(email) for email in everybody}
