"""Telling people and services: rows in the caller's transaction, sent after its commit."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from core.pokes import poke
from notifications import unread
from notifications.kinds import APP, CHANNELS, kind_of
from notifications.models import Endpoint, NoticeDelivery, Notification, Preference
from notifications.notices import Notice
from notifications.reach import Reach, current_reach
from notifications.rows import fitting, new_delivery, stored_words
from notifications.timing import Reader, due_at, is_folding, readers

SEND = "notifications.send"
MAX_KEY = 200

_TELL = """
    INSERT INTO notifications_notification
           (user_id, kind, title, body, url, about, is_urgent, at, is_unread, key)
    SELECT told, %(kind)s, %(title)s, %(body)s, %(url)s, %(about)s, %(is_urgent)s, %(now)s,
           true, %(key)s
      FROM unnest(%(users)s::bigint[]) AS told
     ORDER BY told
    ON CONFLICT (user_id, key) DO NOTHING
    RETURNING id
"""

_TELL_EACH = """
    INSERT INTO notifications_notification
           (user_id, kind, title, body, url, about, is_urgent, at, is_unread, key)
    SELECT told, %(kind)s, title, body, url, about, is_urgent, %(now)s, true, key
      FROM jsonb_to_recordset(%(letters)s::jsonb) AS letter(
           told bigint, title text, body text, url text, about text, is_urgent boolean, key text)
     ORDER BY told, key
    ON CONFLICT (user_id, key) DO NOTHING
    RETURNING id
"""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A notice for one reader."""

    user: User
    notice: Notice
    key: str


@transaction.atomic
def notify(
    users: Iterable[User],
    notice: Notice,
    *,
    key: str,
    now: datetime,
    channels: Collection[str] = (),
) -> list[Notification]:
    """Tell active staff among `users`; returns what is new, nothing for a key told before.

    Without `channels` each person's own choice counts. A channel that can't reach somebody leaves
    a withdrawn delivery that says why. Raises ValueError for an unknown kind or channel.
    """
    kind_of(notice.kind)
    if unknown := set(channels) - {APP, *CHANNELS}:
        raise ValueError(f"no channels: {sorted(unknown)}")
    people = _people(users)
    told = _told(people, notice, key=key, now=now) if people else []
    ways = _ways(told, notice.kind, channels) if told else []
    if ways:
        dispatch = _Dispatch(
            notice=notice,
            readers=readers(people[row.user_id] for row in told),
            reach=current_reach({channel for _row, channel in ways}),
            key=key,
            now=now,
        )
        NoticeDelivery.objects.bulk_create(
            [dispatch.row(*way) for way in ways], ignore_conflicts=True
        )
        poke(SEND)
    unread.forget(row.user_id for row in told)
    return told


@transaction.atomic
def notify_each(letters: Iterable[Letter], *, kind: str, now: datetime) -> list[Notification]:
    """Tell each reader something of their own, all of one kind; statements as for one notice."""
    kind_of(kind)
    wanted = list(letters)
    people = _people(letter.user for letter in wanted)
    kept = {
        (letter.user.pk, fitting(letter.key, MAX_KEY)): letter
        for letter in wanted
        if letter.user.pk in people
    }
    told = _told_each(kept, kind=kind, now=now) if kept else []
    ways = _ways(told, kind, ()) if told else []
    if ways:
        known = readers(people[row.user_id] for row in told)
        reach = current_reach({channel for _row, channel in ways})
        NoticeDelivery.objects.bulk_create(
            [
                _Dispatch(
                    notice=kept[row.user_id, row.key].notice,
                    readers=known,
                    reach=reach,
                    key=kept[row.user_id, row.key].key,
                    now=now,
                ).row(row, channel)
                for row, channel in ways
            ],
            ignore_conflicts=True,
        )
        poke(SEND)
    unread.forget(row.user_id for row in told)
    return told


@transaction.atomic
def tell_endpoint(
    endpoint: Endpoint,
    notice: Notice,
    *,
    key: str,
    now: datetime,
    payload: dict[str, Any] | None = None,
) -> NoticeDelivery | None:
    """Tell a Slack channel, PagerDuty service, telephone or webhook; None for a key told before.

    `payload` is what the kind of endpoint adds: {"to"} for SMS, {"channel"} for Slack,
    {"dedup_key", "action"} for PagerDuty, the whole body for a webhook.
    """
    kind_of(notice.kind)
    row = new_delivery(notice, channel=endpoint.kind, key=f"e{endpoint.pk}:{key}", now=now)
    row.endpoint, row.payload = endpoint, payload
    known = NoticeDelivery.objects.filter(idempotency_key=row.idempotency_key)
    if known.exists():
        return None
    NoticeDelivery.objects.bulk_create([row], ignore_conflicts=True)
    poke(SEND)
    return known.select_related("endpoint").get()


def _people(users: Iterable[User]) -> dict[int, User]:
    """Read anew with what decides when and how they are reached; customers and the locked out
    are told nothing. By number, so that two senders never wait for each other."""
    asked = {user.pk for user in users}
    if not asked:
        return {}
    found = User.objects.staff().filter(pk__in=asked)
    return {user.pk: user for user in found.order_by("pk")}


def _told(
    people: dict[int, User], notice: Notice, *, key: str, now: datetime
) -> list[Notification]:
    facts: dict[str, Any] = {
        **stored_words(notice),
        "is_urgent": notice.is_urgent,
        "now": now,
        "key": fitting(key, MAX_KEY),
        "users": list(people),
    }
    with connection.cursor() as cursor:
        cursor.execute(_TELL, facts)
        new = [pk for (pk,) in cursor.fetchall()]
    return list(Notification.objects.filter(pk__in=new).order_by("user_id")) if new else []


def _told_each(
    letters: Mapping[tuple[int, str], Letter], *, kind: str, now: datetime
) -> list[Notification]:
    rows = [
        {
            "told": user,
            "key": key,
            "is_urgent": letter.notice.is_urgent,
            **stored_words(letter.notice),
        }
        for (user, key), letter in letters.items()
    ]
    facts: dict[str, Any] = {"kind": kind, "now": now, "letters": json.dumps(rows)}
    with connection.cursor() as cursor:
        cursor.execute(_TELL_EACH, facts)
        new = [pk for (pk,) in cursor.fetchall()]
    return list(Notification.objects.filter(pk__in=new).order_by("pk")) if new else []


def _ways(
    told: list[Notification], kind: str, channels: Collection[str]
) -> list[tuple[Notification, str]]:
    """Each notification with each channel it takes besides the list in the application."""
    usual = kind_of(kind).channels
    own: dict[int, list[str]] = {}
    if not channels:
        readers = [row.user_id for row in told]
        chosen = Preference.objects.filter(user__in=readers, kind=kind)
        own = {row.user_id: row.channels for row in chosen}
    return [
        (row, channel)
        for row in told
        for channel in dict.fromkeys(channels or own.get(row.user_id, usual))
        if channel != APP
    ]


@dataclass(frozen=True, kw_only=True)
class _Dispatch:
    """What the deliveries of one notice have in common."""

    notice: Notice
    readers: dict[int, Reader]
    reach: Reach
    key: str
    now: datetime

    def row(self, told: Notification, channel: str) -> NoticeDelivery:
        """One delivery: due when its reader wants it, or withdrawn with the reason."""
        reader = self.readers[told.user_id]
        user = reader.user
        row = new_delivery(self.notice, channel=channel, key=f"u{user.pk}:{self.key}", now=self.now)
        row.user, row.notification = user, told
        row.endpoint = self.reach.endpoint(channel)
        row.due_at = due_at(self.notice, reader=reader, channel=channel, now=self.now)
        row.is_folding = is_folding(self.notice, reader.habits, channel)
        if obstacle := self.reach.obstacle(user, channel):
            row.state, row.last_error = NoticeDelivery.State.CANCELLED, obstacle
        return row
