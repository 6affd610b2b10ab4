"""Values of mail intake and outgoing mail that managers may change."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from core.options import OptionSpec, declare

RECEIPT_SUBJECT = gettext_noop("We've received your support request")
RECEIPT_BODY = gettext_noop("""Hello,

thank you for writing to {department.name}. Your request has the number {ticket.number}.
An agent will answer you as soon as possible.

Please keep [Ticket ID: {ticket.number}] in the subject when you write about it again.""")

declare(
    OptionSpec(
        key="mailpipe.max_megabytes",
        kind="int",
        default=25,
        minimum=1,
        maximum=200,
        label=_("Largest incoming mail in MiB"),
        help=_("Of a larger mail the text is kept; its files stay in the raw mail only."),
    )
)
declare(
    OptionSpec(
        key="mailpipe.raw_days",
        kind="int",
        default=90,
        minimum=1,
        maximum=3650,
        label=_("Days raw mails are kept"),
        help=_("After that the ticket stays, but the mail as it came can't be downloaded."),
    )
)
declare(
    OptionSpec(
        key="mailpipe.spam_level",
        kind="choice",
        default="medium",
        choices=(
            ("off", _("Off")),
            ("low", _("Low")),
            ("medium", _("Medium")),
            ("high", _("High")),
        ),
        label=_("Spam filter level"),
        help=_("How readily mail that a spam filter before us has marked goes to quarantine."),
    )
)
declare(
    OptionSpec(
        key="mailpipe.allow_known",
        kind="bool",
        default=True,
        label=_("Always let known customers in"),
        help=_("Mail of customers who wrote before isn't held as spam unless a rule blocks it."),
    )
)
declare(
    OptionSpec(
        key="mailpipe.hold_forged",
        kind="bool",
        default=False,
        label=_("Hold mail whose sender is forged"),
        help=_(
            "Mail that fails the sender's own policy (DMARC) goes to quarantine instead of "
            "being shown as unverified."
        ),
    )
)
declare(
    OptionSpec(
        key="mailpipe.tickets_per_15_minutes",
        kind="int",
        default=10,
        minimum=1,
        maximum=1000,
        label=_("Tickets one sender may open in 15 minutes"),
        help=_("Further mails of this sender go to quarantine."),
    )
)
declare(
    OptionSpec(
        key="mailpipe.tickets_per_hour",
        kind="int",
        default=20,
        minimum=1,
        maximum=5000,
        label=_("Tickets one sender may open in an hour"),
        help=_("Further mails of this sender go to quarantine."),
    )
)
declare(
    OptionSpec(
        key="mailpipe.receipts",
        kind="bool",
        default=True,
        label=_("Confirm receipt of new requests"),
        help=_("Each department can switch its own confirmations off."),
    )
)
declare(
    OptionSpec(
        key="mailpipe.receipt_subject",
        kind="str",
        default=RECEIPT_SUBJECT,
        minimum=1,
        maximum=200,
        label=_("Subject of the confirmation"),
        help=_("The ticket number is added."),
    )
)
declare(
    OptionSpec(
        key="mailpipe.receipt_body",
        kind="text",
        default=RECEIPT_BODY,
        minimum=1,
        maximum=5000,
        label=_("Text of the confirmation"),
        help=_(
            "You can use {customer.name}, {department.name}, {ticket.number}, {ticket.status}, "
            "{company.name}, [SLA] for the promised time (4 working hours) and {sla.due} for the "
            "moment it ends."
        ),
    )
)
declare(
    OptionSpec(
        key="mailpipe.quote_history",
        kind="bool",
        default=True,
        label=_("Quote the conversation below replies"),
        help=_("Internal notes are never quoted."),
    )
)
