"""The same mail again: over another address, or sent twice (mail.md 4, 33)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import Department
from mailpipe.actions.notes import write_note
from mailpipe.models import InboundMail, MessageIdentifier
from mailpipe.recogniser.case import Case, Settlement
from tickets.models import Ticket


def drop_duplicate(case: Case) -> Settlement | None:
    """Same Message-ID and same words: no second message. Same identifier with other words is
    another mail, since an attacker might have used it first.
    """
    earlier = [row for row in case.identifiers if row.key == case.mail.key and not row.is_awaited]
    same = next((row for row in earlier if row.body_sha256 == case.mail.body_sha256), None)
    if same is None:
        if earlier:
            case.note("duplicate", "known Message-ID with other content, accepted")
        return None
    if _is_news(case, same):
        note_departments(same.ticket, [case.department], case=case)
    return Settlement(
        outcome=InboundMail.Outcome.DUPLICATE, reason="received before", ticket=same.ticket
    )


def note_departments(ticket: Ticket, departments: list[Department], *, case: Case) -> None:
    """Tell the agents who else was written to: one ticket, no copies (mail.md 33)."""
    if not departments:
        return
    names = ", ".join(row.name for row in departments)
    text = _("This mail was also sent to %(departments)s.") % {"departments": names}
    write_note(ticket, text, now=case.received_at)
    case.note("department", f"also addressed: {names}")


def _is_news(case: Case, same: MessageIdentifier) -> bool:
    """Whether the first copy could not know of this department: it stands in no header."""
    known = {same.ticket.department_id, *(row.pk for row in case.addressed)}
    return case.department.pk not in known
