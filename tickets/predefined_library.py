"""The page of the library: folders, search, how often replies are used and edited (R119, R121)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.placeholders import fill, open_names
from tickets.models import PredefinedReply, Ticket
from tickets.models.predefined import PredefinedReplyQuerySet
from tickets.placeholders import PLACEHOLDERS, Situation, values_for
from tickets.predefined import Habit, habits
from tickets.predefined_forms import PredefinedForm

SHOWN: Final = 100
SCOPES: Final = ("everybody", "departments", "mine", "archived")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One reply in the list."""

    pk: int
    name: str
    shortcut: str
    folder: str
    type: str
    scope: str
    status: str
    uses: str
    edited: str
    edit_url: str
    archive_url: str
    restore_url: str


@dataclass(frozen=True)
class Place:
    """A folder or a scope to look into."""

    words: str
    url: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, kw_only=True)
class Library:
    """The list as its template prints it."""

    query: str
    kept: list[tuple[str, str]]
    scopes: list[Place]
    folders: list[Place]
    lines: list[Line]
    more_words: str
    is_narrowed: bool


@dataclass(frozen=True)
class Preview:
    """The text as a customer would get it, and what nothing stands for."""

    text: str
    missing: list[str]
    about: str


def library_of(user: User, asked: QueryDict, *, now: datetime) -> Library:
    """What `user` may use, narrowed by scope, folder and words."""
    query, scope, folder = (asked.get(name, "")[:120] for name in ("q", "scope", "folder"))
    rows = _scoped(PredefinedReply.objects.visible_to(user), scope, user)
    folders = _folders(rows, scope, folder)
    if folder:
        rows = rows.filter(Q(folder=folder) | Q(folder__startswith=f"{folder} /"))
    if query:
        rows = rows.filter(pk__in=_matching(query))
    found = list(rows.select_related("department", "status_after")[: SHOWN + 1])
    mine = set(PredefinedReply.objects.changeable_by(user).values_list("pk", flat=True))
    known = habits(now, pks=[row.pk for row in found])
    return Library(
        query=query,
        kept=[(name, kept) for name, kept in (("scope", scope), ("folder", folder)) if kept],
        scopes=[Place(words, _url(scope=key), 0, key == scope) for key, words in _scopes()],
        folders=folders,
        lines=[_line(row, known.get(row.pk), may_change=row.pk in mine) for row in found[:SHOWN]],
        more_words=_more_words(len(found)),
        is_narrowed=bool(query or scope or folder),
    )


def placeholder_rows() -> list[tuple[str, Any]]:
    """Names and what they stand for, for the list beside the text."""
    return [(f"{{{name}}}", known.label) for name, known in PLACEHOLDERS.items()]


def preview_of(form: PredefinedForm, number: str, *, user: User, now: datetime) -> Preview | None:
    """The typed text on a ticket this user may see; None for any other (X-15)."""
    digits = number.strip().lstrip("#")
    if not digits.isdecimal() or len(digits) > 18:  # noqa: PLR2004 -- a bigint
        return None
    tickets = Ticket.objects.visible_to(user).filter(number=int(digits))
    shown = ("customer__organisation", "department", "service", "status")
    ticket = tickets.select_related(*shown).first()
    form.is_valid()
    texts = dict(reversed(form.texts()))
    if ticket is None or not texts:
        return None
    language = ticket.customer.language
    body = texts.get(language) or form.texts()[0][1]
    values = values_for(body, Situation(ticket, user, now), language=language)
    return Preview(fill(body, values), open_names(body, values), str(ticket))


def _scoped(rows: PredefinedReplyQuerySet, scope: str, user: User) -> PredefinedReplyQuerySet:
    if scope == "archived":
        return rows.filter(archived_at__isnull=False)
    narrowed = {
        "everybody": Q(owner=None, department=None),
        "departments": Q(department__isnull=False),
        "mine": Q(owner=user.pk),
    }.get(scope)
    return rows.active().filter(narrowed) if narrowed is not None else rows.active()


def _scopes() -> list[tuple[str, str]]:
    words = (_("For everybody"), _("For departments"), _("Only mine"), _("Archived"))
    return [("", _("All")), *zip(SCOPES, words, strict=True)]


def _folders(rows: PredefinedReplyQuerySet, scope: str, chosen: str) -> list[Place]:
    counts = rows.order_by("folder").values_list("folder").annotate(count=Count("pk"))
    return [
        Place(name, _url(scope=scope, folder=name), count, name == chosen)
        for name, count in counts
        if name
    ]


def _matching(query: str) -> Any:
    words = Q(name__icontains=query) | Q(shortcut__icontains=query.lstrip("/"))
    found = words | Q(folder__icontains=query) | Q(texts__body__icontains=query)
    return PredefinedReply.objects.filter(found).values("pk")


def _line(row: PredefinedReply, habit: Habit | None, *, may_change: bool) -> Line:
    is_archived = row.archived_at is not None
    address = reverse("predefined_reply", args=[row.pk]) if may_change else ""
    return Line(
        pk=row.pk,
        name=row.name,
        shortcut=f"/{row.shortcut}",
        folder=row.folder,
        type=str(row.get_type_display()),
        scope=row.scope_words,
        status=str(row.status_after or ""),
        uses=str(habit.count) if habit else "",
        edited=_("%(share)d %%") % {"share": round(habit.changed * 100)} if habit else "",
        edit_url=address,
        archive_url=f"{address}/archive" if address and not is_archived else "",
        restore_url=f"{address}/archive/removal" if address and is_archived else "",
    )


def _more_words(found: int) -> str:
    if found <= SHOWN:
        return ""
    return ngettext(
        "The first %(count)d is shown: search for the others.",
        "The first %(count)d are shown: search for the others.",
        SHOWN,
    ) % {"count": SHOWN}


def _url(**asked: str) -> str:
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in asked.items() if value})
    return f"{reverse('predefined_replies')}?{query.urlencode()}"
