"""Cards below the thread: replies that wait for their time, drafts that colleagues share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.markdown import render_markdown
from core.moments import moment_mark
from desk.links import ticket_url
from tickets.models import Ticket

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """A button of a card."""

    words: str
    url: str


@dataclass(frozen=True, kw_only=True)
class WaitingCard:
    """Something written that was not sent."""

    dom_id: str
    icon: str
    title: str
    time: SafeString | str
    body: SafeString
    files: str
    steps: list[Step]


@dataclass(frozen=True)
class Waiting:
    """What is written and waits, and where it is asked for again."""

    url: str
    cards: list[WaitingCard]


def waiting_of(ticket: Ticket, *, user_id: int, now: datetime) -> Waiting:
    """From what `loaded_ticket` read beside the ticket: no statement of its own."""
    base = ticket_url(ticket.number)
    replies = [_reply(row, base, user_id, now) for row in getattr(ticket, "waiting_replies", ())]
    drafts = [_draft(row, base) for row in getattr(ticket, "shared_drafts", ())]
    return Waiting(base, replies + drafts)


def _reply(row: Row, base: str, user_id: int, now: datetime) -> WaitingCard:
    """Its author changes it or sends it at once; colleagues may only stop it."""
    url = f"{base}/scheduled/{row['pk']}"
    own = [Step(_("Edit"), f"{url}/edition"), Step(_("Send now"), f"{url}/dispatch")]
    due = parse_datetime(row["due_at"])
    return WaitingCard(
        dom_id=f"scheduled-{row['pk']}",
        icon="clock",
        title=_("Reply by %(name)s, to be sent") % {"name": row["author"]},
        time=moment_mark(due, now=now) if due else "",
        body=render_markdown(row["text"]),
        files=_file_names(row),
        steps=[*(own if row["author_id"] == user_id else []), Step(_("Cancel"), f"{url}/removal")],
    )


def _draft(row: Row, base: str) -> WaitingCard:
    return WaitingCard(
        dom_id=f"draft-{row['pk']}",
        icon="users",
        title=_("Draft by %(name)s") % {"name": row["author"]},
        time="",
        body=render_markdown(row["text"]),
        files=_file_names(row),
        steps=[Step(_("Take over"), f"{base}/drafts/{row['pk']}/takeover")],
    )


def _file_names(row: Row) -> str:
    return ", ".join(fact["name"] for fact in row["files"])
