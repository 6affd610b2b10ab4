"""Telling people: rows for each reader and channel, once, in the caller's transaction."""

from __future__ import annotations

import dataclasses

import pytest
from django.db import transaction

from accounts.models import User
from notifications import unread
from notifications.actions import mark_all_read, mark_read, notify, save_preferences, tell_endpoint
from notifications.models import NoticeDelivery, Notification
from tests.factories import make_calendar, make_user
from tests.notifications.conftest import NOON

pytestmark = pytest.mark.django_db
HABITS = {"digest": "at_once", "keeps_quiet": True}


def ways() -> list[tuple[str, str]]:
    """(reader, channel) of every delivery."""
    rows = NoticeDelivery.objects.order_by("user_id", "channel")
    return [(row.recipient, row.channel) for row in rows]


def test_each_reader_gets_a_notification_and_the_usual_channels(lunch, ada, ben) -> None:
    told = notify([ada, ben], lunch, key="soup:1", now=NOON)
    assert {row.user for row in told} == {ada, ben}
    assert ways() == [("Ada", "mail"), ("Ben", "mail")]


def test_the_same_key_is_told_once(lunch, ada, ben) -> None:
    notify([ada], lunch, key="soup:1", now=NOON)
    again = notify([ada, ada, ben], lunch, key="soup:1", now=NOON)
    assert [row.user for row in again] == [ben]
    assert (Notification.objects.count(), NoticeDelivery.objects.count()) == (2, 2)


def test_what_people_chose_counts(lunch, ada, ben) -> None:
    save_preferences(ada, channels={"lunch": ()}, habits=HABITS)
    notify([ada, ben], lunch, key="soup:1", now=NOON)
    assert ways() == [("Ben", "mail")]


def test_named_channels_win_over_choices(lunch, ada_with_phone, texting) -> None:
    save_preferences(ada_with_phone, channels={"lunch": ()}, habits=HABITS)
    notify([ada_with_phone], lunch, key="soup:1", now=NOON, channels=("app", "sms"))
    row = NoticeDelivery.objects.get()
    assert (row.channel, row.state, row.endpoint) == ("sms", "pending", texting)


def test_a_channel_that_reaches_nobody_says_why(lunch, ada, texting) -> None:
    notify([ada], lunch, key="soup:1", now=NOON, channels=("sms", "slack"))
    words = dict(NoticeDelivery.objects.values_list("channel", "last_error"))
    assert set(NoticeDelivery.objects.values_list("state", flat=True)) == {"cancelled"}
    assert "phone number" in words["sms"]
    assert "not set up" in words["slack"]


def test_customers_and_locked_out_colleagues_are_told_nothing(lunch, ada, cleo) -> None:
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert notify([ada, cleo.user], lunch, key="soup:1", now=NOON) == []
    assert not Notification.objects.exists()


def test_unknown_kinds_and_channels_are_refused(lunch, ada) -> None:
    with pytest.raises(ValueError, match="breakfast"):
        notify([ada], dataclasses.replace(lunch, kind="breakfast"), key="x", now=NOON)
    with pytest.raises(ValueError, match="pigeon"):
        notify([ada], lunch, key="x", now=NOON, channels=("pigeon",))


def test_what_is_undone_was_told_to_nobody(lunch, ada) -> None:
    with transaction.atomic():
        notify([ada], lunch, key="soup:1", now=NOON)
        transaction.set_rollback(True)
    assert not NoticeDelivery.objects.exists()


def test_titles_are_one_line_and_keys_of_any_length_fit(lunch, ada) -> None:
    loud = dataclasses.replace(lunch, title="Soup\r\nBcc: x\x00" + "!" * 400)
    notify([ada], loud, key="k" * 500, now=NOON)
    assert notify([ada], loud, key="k" * 500, now=NOON) == []
    title = NoticeDelivery.objects.get().title
    assert title.startswith("Soup Bcc: x!")
    assert len(title) == 300


def test_a_service_is_told_once_per_key(lunch, webhook) -> None:
    row = tell_endpoint(webhook, lunch, key="soup:1", now=NOON, payload={"a": 1})
    assert (row.endpoint, row.payload, row.state) == (webhook, {"a": 1}, "pending")
    assert tell_endpoint(webhook, lunch, key="soup:1", now=NOON) is None


def test_thirty_people_cost_as_many_statements_as_three(lunch, technical, statements) -> None:
    shift = make_calendar("Day shift", now=NOON)
    people = [make_user(f"Agent{n}", "agent", technical, shift_calendar=shift) for n in range(30)]
    with statements(8):  # one of them compiles the calendar
        notify(people[:3], lunch, key="soup:1", now=NOON)
    with statements(7):
        notify(people, lunch, key="soup:2", now=NOON)


def test_reading_lowers_the_number_on_the_bell(
    lunch, ada, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first, *_rest = [
            row for n in range(3) for row in notify([ada], lunch, key=f"soup:{n}", now=NOON)
        ]
    assert unread.count(ada) == 3
    with django_capture_on_commit_callbacks(execute=True):
        mark_read(first, now=NOON)
    assert unread.count(ada) == 2
    with django_capture_on_commit_callbacks(execute=True):
        assert mark_all_read(ada, now=NOON, about="soup:1") == 2
    assert unread.count(ada) == 0


def test_the_bell_is_counted_once_in_a_while(lunch, ada, statements) -> None:
    notify([ada], lunch, key="soup:1", now=NOON)
    unread.count(ada)
    with statements(0):
        assert unread.count(ada) == 1


def test_a_choice_like_the_usual_one_leaves_no_row(ada) -> None:
    save_preferences(ada, channels={"lunch": ("sms",)}, habits=HABITS)
    assert ada.notice_preferences.get().channels == ["sms"]
    save_preferences(ada, channels={"lunch": ("mail",)}, habits=HABITS)
    assert not ada.notice_preferences.exists()
