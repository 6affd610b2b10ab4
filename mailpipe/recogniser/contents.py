"""What of a mail goes into the ticket: the new words, the quoted ones, files, author, followers."""

from __future__ import annotations

from collections.abc import Iterator

from accounts.models import User
from core import files, options
from core.text import clean_line
from customers.models import CustomerAddress
from mailpipe.addresses import canonical, is_no_reply, valid
from mailpipe.parsing.mail import Part
from mailpipe.parsing.mailboxes import Address
from mailpipe.quoting import split_text
from mailpipe.quoting_html import split_html
from mailpipe.recogniser.case import Case, is_ours
from tickets.actions.followers import NewFollower
from tickets.content import Author, Content, NewFile, Recipients

MEBIBYTE = 1024 * 1024
HEAD = 64 * 1024
SHOWN_RECIPIENTS = 50
# The end of our marker line, which is the same in every language.
MARKERS = ("-## ref:t.",)


def content_of(case: Case) -> Content:
    """Text and HTML parted from what they quote; quotes are folded, never thrown away."""
    parsed = case.mail.parsed
    text = split_text(parsed.text, MARKERS)
    html = split_html(parsed.html or "", MARKERS)
    is_whole = bool(html.visible) and not html.quoted
    return Content(
        text=text.visible,
        html=html.visible,
        # What the HTML shows unfolded must not be shown again below it.
        quoted_text="" if is_whole else text.quoted,
        quoted_html=html.quoted,
        files=tuple(_stored(case)),
        language=parsed.language,
        sent_at=parsed.sent_at,
    )


def author_of(case: Case, *, is_unverified: bool) -> Author:
    """Who wrote it, as the mail says, with what our receiver thinks of that."""
    return Author(
        name=clean_line(case.sender.name, 160) or case.sender.email,
        email=case.sender.email,
        is_automatic=case.mail.is_mechanical,
        is_unverified=is_unverified,
        authentication=case.mail.verdict.as_dict(),
    )


def recipients_of(case: Case) -> Recipients:
    """To and Cc as the mail shows them."""
    parsed = case.mail.parsed
    return Recipients(to=_emails(parsed.to), cc=_emails(parsed.cc))


def followers_of(case: Case) -> tuple[NewFollower, ...]:
    """Everybody else who got the mail (R42): people, not robots or ourselves (mail.md 53)."""
    if case.mail.is_automatic:
        return ()
    parsed = case.mail.parsed
    found = {
        canonical(mailbox.email): mailbox.name
        for mailbox in (*parsed.to, *parsed.cc)
        if _may_follow(mailbox, case)
    }
    limit = options.value("tickets.max_followers")
    emails = list(found)[:limit]
    customers = {
        row.value: row.customer
        for row in CustomerAddress.objects.filter(
            kind=CustomerAddress.Kind.EMAIL, value__in=emails
        ).select_related("customer")
    }
    staff = {user.email: user for user in User.objects.staff().filter(email__in=emails)}
    return tuple(
        NewFollower(
            email=email,
            name=clean_line(found[email], 160),
            customer=customers.get(email),
            user=staff.get(email),
        )
        for email in emails
    )


def is_too_large(case: Case) -> bool:
    """Whether the mail is beyond the size whose files we keep (mail.md 13)."""
    return case.row.size > options.value("mailpipe.max_megabytes") * MEBIBYTE


def _may_follow(mailbox: Address, case: Case) -> bool:
    email = canonical(mailbox.email)
    return (
        valid(email)
        and email != case.sender.email
        and not is_no_reply(email)
        and not is_ours(email)
    )


def _stored(case: Case) -> Iterator[NewFile]:
    if is_too_large(case):
        return
    for number, part in enumerate(case.mail.parsed.attachments, start=1):
        yield _new_file(part, number, case)


def _new_file(part: Part, number: int, case: Case) -> NewFile:
    name = files.clean_filename(part.filename) or f"file-{number}"
    return NewFile(
        filename=name,
        content_type=files.sniff(part.content[:HEAD], name),
        stored=case.store(part.content),
        content_id=part.content_id,
        is_inline=part.inline,
    )


def _emails(mailboxes: tuple[Address, ...]) -> tuple[str, ...]:
    return tuple(canonical(mailbox.email) for mailbox in mailboxes[:SHOWN_RECIPIENTS])
