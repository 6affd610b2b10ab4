"""Values of the ticket domain that managers may change."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.options import OptionSpec, declare

declare(
    OptionSpec(
        key="tickets.patience_hours",
        kind="float",
        default=4.0,
        minimum=0.25,
        maximum=240,
        label=_("Hours a customer may wait"),
        help=_(
            "Where no deadline runs, a ticket counts as due this long after the customer wrote."
        ),
    )
)
declare(
    OptionSpec(
        key="tickets.reopen_days",
        kind="int",
        default=14,
        minimum=0,
        maximum=3650,
        label=_("Days a closed ticket may be reopened"),
        help=_("A later answer of the customer makes a new ticket that is linked to the old one."),
    )
)
declare(
    OptionSpec(
        key="tickets.undo_seconds",
        kind="int",
        default=8,
        minimum=0,
        maximum=120,
        label=_("Seconds to take a reply back"),
        help=_("A reply leaves this long after it was sent; until then it can be undone."),
    )
)
declare(
    OptionSpec(
        key="tickets.assign_on_reply",
        kind="bool",
        default=True,
        label=_("Assign an unassigned ticket to whoever answers it"),
        help=_("The first agent who replies becomes the assignee."),
    )
)
declare(
    OptionSpec(
        key="tickets.max_followers",
        kind="int",
        default=40,
        minimum=0,
        maximum=200,
        label=_("Followers a ticket may have"),
        help=_("Further addresses in Cc are not added."),
    )
)
declare(
    OptionSpec(
        key="tickets.guest_days",
        kind="int",
        default=30,
        minimum=1,
        maximum=365,
        label=_("Days a guest link lives on"),
        help=_("Counted from the day the request was solved."),
    )
)
declare(
    OptionSpec(
        key="tickets.article_sentence",
        kind="text",
        default=(
            "We've identified the solution for the reported issue. "
            "Please follow the steps in our article:\n{article.url}\n\n"
            "If you need further assistance, don't hesitate to contact us."
        ),
        maximum=2000,
        label=_("What an answer says about an article"),
        help=_("You may use {article.title} and {article.url}."),
    )
)
declare(
    OptionSpec(
        key="tickets.load_counts_waiting",
        kind="bool",
        default=False,
        label=_("Count waiting tickets as load"),
        help=_(
            "Automatic assignment then counts tickets that wait for the customer or somebody else."
        ),
    )
)
EXPIRY_DAYS = declare(
    OptionSpec(
        key="tickets.expiry_days",
        kind="int",
        default=30,
        minimum=1,
        maximum=365,
        label=_("Days before a cover ends"),
        help=_("So long before, somebody is told of a warranty or service contract that ends."),
    )
)
EXPIRY_PEOPLE = declare(
    OptionSpec(
        key="tickets.expiry_people",
        kind="list",
        default=[],
        label=_("Who is told where a customer has no agent of their own"),
        help=_("Mail addresses of colleagues. Empty: the lead of the default department."),
    )
)
