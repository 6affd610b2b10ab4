"""The command palette: what can be done here, where one can go, what is called so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from core import commands
from core.context import NavLink, Shell
from core.fuzzy import fit
from core.text import clean_line
from desk.links import queue_url, ticket_url
from desk.menu_words import also_called
from desk.search import find_people
from desk.shipped import VIEWS, View
from tickets.models import Ticket
from tickets.search import matching, ticket_number

MAX_COMMANDS, MAX_PLACES, MAX_FOUND = 8, 8, 6
MIN_LENGTH = 2


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One line: `do` and `to` as hot-keys.js knows them."""

    title: str
    do: str
    to: str
    icon: str
    hint: str = ""
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """Choices under a heading."""

    title: str
    choices: list[Choice]


def sections(request: HttpRequest, user: User, *, scope: str, text: str) -> list[Section]:
    """What fits `text` for a reader on a page of `scope`; commands of the page come first."""
    text = clean_line(text, 200)
    offered = [
        Section(_("Commands"), _best(text, _commands(user, scope))[:MAX_COMMANDS]),
        Section(_("Go to"), _best(text, _places(request))[:MAX_PLACES]),
    ]
    if len(text) >= MIN_LENGTH or ticket_number(text) is not None:
        offered += [
            Section(_("Tickets"), _tickets(user, text)),
            Section(_("Customers"), _people(user, text)),
        ]
    return [section for section in offered if section.choices]


def _best(text: str, named: Iterable[tuple[str, Choice]]) -> list[Choice]:
    """Those whose words fit, the best first; all in their order where nothing is typed yet."""
    if not text:
        return [choice for _words, choice in named]
    fits = [(fit(text, words), choice) for words, choice in named]
    found = [(score, choice) for score, choice in fits if score is not None]
    return [choice for _score, choice in sorted(found, key=lambda pair: -pair[0])]


def _commands(user: User, scope: str) -> list[tuple[str, Choice]]:
    """The page's own first, then those of everywhere that lead nowhere else."""
    known = [row for row in commands.offered(user) if row.scope in {scope, commands.EVERYWHERE}]
    known.sort(key=lambda row: row.scope == commands.EVERYWHERE)
    return [
        (
            row.title,
            Choice(title=row.title, do=row.do, to=str(row.to), icon="zap", keys=row.shown_keys),
        )
        for row in known
    ]


def _places(request: HttpRequest) -> list[tuple[str, Choice]]:
    """Every page of the rail and the settings, by its own words and those of the seeds (R179).

    And the shipped views, for who has hidden their tabs.
    """
    shell = Shell(request)
    named = [(link, "") for link in (*shell.rail, *shell.foot)]
    named += [(link, group.title) for group in shell.settings for link in group.items]
    pages = [(_words(link, group), _place(link, group)) for link, group in named]
    return [*pages, *((str(view.title), _view(view)) for view in VIEWS)]


def _words(link: NavLink, group: str) -> str:
    return " ".join(part for part in (link.label, group, *also_called(link.key)) if part)


def _place(link: NavLink, group: str) -> Choice:
    hint = _("Settings › %(group)s") % {"group": group} if group else ""
    icon = "settings" if group else link.icon
    return Choice(title=link.label, do="go", to=link.url, icon=icon, hint=hint)


def _view(view: View) -> Choice:
    url = queue_url(view=view.slug)
    return Choice(
        title=str(view.title), do="go", to=url, icon="layers", hint=_("View of the queue")
    )


def _tickets(user: User, text: str) -> list[Choice]:
    seen = matching(Ticket.objects.visible_to(user).filter(merged_into=None), text)
    rows = seen.order_by("-pk").values_list("number", "subject", "customer__name")[:MAX_FOUND]
    return [
        Choice(
            title=f"#{number} {subject or _('(no subject)')}",
            do="go",
            to=ticket_url(number),
            icon="inbox",
            hint=customer,
        )
        for number, subject, customer in rows
    ]


def _people(user: User, text: str) -> list[Choice]:
    return [
        Choice(title=row.name, do="go", to=row.url, icon="user", hint=row.facts)
        for row in find_people(user, text)[:MAX_FOUND]
    ]
