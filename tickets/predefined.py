"""Predefined replies: which ones fit, what they say for a ticket, how they are used (R119-R121)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from statistics import median
from typing import Final

from django.db.models import Count, Exists, OuterRef, prefetch_related_objects

from accounts.models import User
from core.fuzzy import fit
from core.placeholders import fill, open_names
from tickets.models import (
    Message,
    PredefinedFile,
    PredefinedReply,
    PredefinedText,
    ReplyUse,
    Ticket,
)
from tickets.placeholders import Situation, values_for

SHOWN: Final = 8
COUNTED: Final = timedelta(days=30)
MIN_WORD: Final = 3
# What is compared of a text: five milliseconds, whatever somebody pasted.
MAX_COMPARED: Final = 6_000
MAX_WORDS: Final = 900


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A predefined reply as it would go out; `missing` are names nothing stands for here."""

    reply: PredefinedReply
    text: str
    missing: list[str]
    files: list[PredefinedFile]


@dataclass(frozen=True)
class Habit:
    """How often a reply was used, and how far it was edited as a rule."""

    count: int
    changed: float


def offered(ticket: Ticket, user: User, *, query: str, now: datetime) -> list[PredefinedReply]:
    """What fits a typed word, the best first; of equal fits what is used most (screens.md A-4).

    By shortcut, name and folder as letters in their order, by the text as it stands there.
    """
    query = query.strip()[:60]
    replies = (
        PredefinedReply.objects.active()
        .visible_to(user)
        .fitting(ticket.department_id)
        .select_related("department", "status_after")
    )
    said = PredefinedText.objects.filter(reply=OuterRef("pk"), body__icontains=query)
    if len(query) >= MIN_WORD:
        replies = replies.annotate(is_said=Exists(said))
    counts = _counts(now)
    ranked = [
        (rank, counts.get(row.pk, 0), row)
        for row in replies
        if (rank := _rank(row, query)) is not None
    ]
    ranked.sort(key=lambda entry: (-entry[0], -entry[1], entry[2].name))
    best = [row for _rank_of, _count, row in ranked[:SHOWN]]
    prefetch_related_objects(best, "texts")
    return best


def usable(user: User, pks: list[int]) -> list[PredefinedReply]:
    """Those of `pks` this agent may use, in that order, with texts and files."""
    rows = PredefinedReply.objects.active().visible_to(user)
    found = rows.select_related("status_after").prefetch_related("texts", "files").in_bulk(pks)
    return [found[pk] for pk in pks if pk in found]


def filled(
    reply: PredefinedReply,
    ticket: Ticket,
    user: User,
    *,
    now: datetime,
    promised_at: datetime | None = None,
) -> Filled:
    """The reply in the customer's language with real values in it, before anything is sent.

    `promised_at` is what the message is going to promise, where that is known already.
    """
    body, values = _said(reply, Situation(ticket, user, now, promised_at))
    return Filled(
        reply=reply,
        text=fill(body, values),
        missing=open_names(body, values),
        files=list(reply.files.all()),
    )


def as_read(reply: PredefinedReply, ticket: Ticket, user: User, *, now: datetime) -> str:
    """What the reply says for this ticket, for the list it is chosen from."""
    return fill(*_said(reply, Situation(ticket, user, now)))


def changed_share(before: str, after: str) -> float:
    """How much of a text was rewritten: 0 not a letter, 1 all of it; by words, bounded in size."""
    before, after = before.strip()[:MAX_COMPARED], after.strip()[:MAX_COMPARED]
    if before == after:
        return 0.0
    old, new = before.split()[:MAX_WORDS], after.split()[:MAX_WORDS]
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
    kept = sum(len(word) for block in blocks for word in old[block.a : block.a + block.size])
    whole = sum(map(len, old)) + sum(map(len, new))
    return round(1 - 2 * kept / whole, 4) if whole else 0.0


def habits(now: datetime, *, pks: list[int]) -> dict[int, Habit]:
    """Uses of the last 30 days, and the median share that was rewritten (R121)."""
    uses = ReplyUse.objects.between(now - COUNTED, now).filter(predefined__in=pks)
    shares: dict[int, list[float]] = {}
    for pk, share in uses.values_list("predefined_id", "changed_share"):
        shares.setdefault(pk, []).append(share)
    return {pk: Habit(len(found), median(found)) for pk, found in shares.items()}


def usage_share(since: datetime, until: datetime) -> float | None:
    """The share of replies of people that came out of the library; None without replies (R121)."""
    replies = Message.objects.filter(
        kind=Message.Kind.REPLY,
        is_automatic=False,
        author_user__isnull=False,
        created_at__gte=since,
        created_at__lt=until,
    )
    total = replies.count()
    used = replies.filter(Exists(ReplyUse.objects.filter(message=OuterRef("pk")))).count()
    return used / total if total else None


def _said(reply: PredefinedReply, case: Situation) -> tuple[str, dict[str, str]]:
    """The text in the customer's language, and the values of the names in it."""
    language = case.ticket.customer.language
    body = reply.body_in(language)
    return body, values_for(body, case, language=language)


def _counts(now: datetime) -> dict[int, int]:
    uses = ReplyUse.objects.between(now - COUNTED, now).order_by()
    return dict(uses.values_list("predefined_id").annotate(count=Count("pk")))


def _rank(row: PredefinedReply, query: str) -> int | None:
    """An exact shortcut before its beginning, that before a fitting name, that before the text."""
    query = query.casefold()
    if not query:
        return 0
    if row.shortcut.startswith(query):
        return 3_000_000 - len(row.shortcut)
    found = fit(query, f"{row.shortcut} {row.name} {row.folder}")
    if found is not None:
        return max(found, 1)
    return 0 if getattr(row, "is_said", False) else None
