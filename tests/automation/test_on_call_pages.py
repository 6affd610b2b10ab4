"""The board, standing in, trading, pages and the log as people use them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from freezegun import freeze_time

from accounts.models import User
from automation.models import (
    Contact,
    OnCallRole,
    OnCallSchedule,
    OnCallShift,
    Page,
    RotaVersion,
)
from automation.on_call.log import by_kind_of_day, engaged_minutes
from automation.on_call.paging import acknowledge, end_page, page
from automation.on_call.schedules import add_override, on_call, remove_override, seat_people
from core.models import AuditEntry
from tests.automation.conftest import NOW
from tests.automation.on_call import make_role, make_schedule
from tests.factories import make_department, make_ticket, make_user

pytestmark = pytest.mark.django_db
BEFORE = datetime(2025, 1, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOARD = "/admin/on_call"


@pytest.fixture
def schedule(db) -> OnCallSchedule:
    return make_schedule()


@pytest.fixture
def role(schedule: OnCallSchedule, ada: User, ben: User) -> OnCallRole:
    """On Tuesday 4 February ada has the turn: the fifth week, the first of two."""
    return make_role(schedule, "Primary engineer", ada, ben, now=BEFORE)


def stand_in(role: OnCallRole, user: User, hours: tuple[int, int]) -> OnCallShift:
    starts_at, ends_at = NOW + hours[0] * HOUR, NOW + hours[1] * HOUR
    return add_override(role, user=user, starts_at=starts_at, ends_at=ends_at, actor=user, now=NOW)


# -- standing in ------------------------------------------------------------------------


def test_override_counts_for_its_time_only(role, ada, ben):
    assert on_call(role, NOW) == ada
    stand_in(role, ben, (1, 3))
    assert [on_call(role, NOW + n * HOUR) for n in range(4)] == [ada, ben, ben, ada]


def test_overlapping_overrides_are_refused(role, ada, ben):
    stand_in(role, ben, (1, 3))
    with pytest.raises(ValidationError, match="stands in at that time already"):
        stand_in(role, ada, (2, 4))
    stand_in(role, ada, (3, 4))
    facts = {"role": role, "user": ada, "created_at": NOW}
    with pytest.raises(IntegrityError, match="on_call_shift_alone"), transaction.atomic():
        OnCallShift.objects.create(starts_at=NOW + 2 * HOUR, ends_at=NOW + 3 * HOUR, **facts)


def test_two_roles_may_have_overrides_at_the_same_time(role, schedule, ada, ben):
    other = make_role(schedule, "Backup", ada, level=2, now=BEFORE)
    stand_in(role, ben, (1, 3))
    stand_in(other, ben, (1, 3))
    assert OnCallShift.objects.count() == 2


def test_running_override_ends_now_and_a_past_one_stays(role, ben):
    shift = stand_in(role, ben, (1, 3))
    remove_override(shift, actor=ben, now=NOW + 2 * HOUR)
    shift.refresh_from_db()
    assert shift.ends_at == NOW + 2 * HOUR
    with pytest.raises(ValidationError, match="past"):
        remove_override(shift, actor=ben, now=NOW + 5 * HOUR)


def test_edit_of_the_rota_leaves_the_past_alone(role, ada, ben):
    seat_people(role, people=[ben], actor=None, now=NOW)
    assert on_call(role, NOW) == ben
    assert on_call(role, NOW - HOUR) == ada
    seat_people(role, people=[ben], actor=None, now=NOW + HOUR)
    assert RotaVersion.objects.filter(spec__roles={str(role.pk): [ben.pk]}).count() == 1


# -- pages ------------------------------------------------------------------------------


@freeze_time(NOW)
def test_board_says_who_is_on_call_and_names_gaps_in_words(role, schedule, sign_in, ada):
    make_role(schedule, "Manager", level=2, now=BEFORE)
    Contact.objects.create(tier="Tier 1", lead="Sam", phone="1-800-555-0100, option 9")
    text = sign_in(ada).get(BOARD).text
    assert "Nobody would be called: Manager" in text
    assert "Next hand-over: Mon 10 Feb 09:00 (UTC)" in text
    assert "1-800-555-0100, option 9" in text


@freeze_time(NOW)
def test_board_costs_the_same_with_many_turns(role, schedule, sign_in, ada, ben, statements):
    client = sign_in(ada)
    client.get(BOARD)
    for hours in range(1, 20, 2):
        stand_in(role, ben, (hours, hours + 1))
    with statements(20):
        client.get(f"{BOARD}/schedules/{schedule.pk}/turns")


@freeze_time(NOW)
def test_colleague_of_the_rota_adds_and_gives_back_an_override(role, schedule, sign_in, ben):
    client = sign_in(ben)
    fields = {
        "override-role": role.pk,
        "override-user": ben.pk,
        "override-starts_at": "2025-02-05T09:00",
        "override-ends_at": "2025-02-05T17:00",
    }
    url = f"{BOARD}/schedules/{schedule.pk}"
    assert client.post(f"{url}/overrides", fields).status_code == 303
    shift = OnCallShift.objects.get()
    assert client.post(f"{url}/overrides", fields).status_code == 422
    assert "stands in as Primary engineer" in client.get(f"{url}/turns").text
    assert client.post(f"{BOARD}/overrides/{shift.pk}/removal").status_code == 303
    assert not OnCallShift.objects.exists()
    assert AuditEntry.objects.filter(verb="on_call_override_added").count() == 1


@freeze_time(NOW)
def test_who_is_not_in_the_rota_arranges_nothing(role, schedule, sign_in):
    carl = make_user("Carl", "agent", make_department("Other"))
    client = sign_in(carl)
    assert client.post(f"{BOARD}/schedules/{schedule.pk}/overrides").status_code == 403
    assert "Trade turns" not in client.get(f"{BOARD}/schedules/{schedule.pk}/turns").text


@freeze_time(NOW)
def test_two_people_trade_turns(role, schedule, sign_in, ada, ben):
    monday = datetime(2025, 2, 10, 9, tzinfo=UTC)
    first = f"{role.pk}-{int(monday.timestamp())}"
    second = f"{role.pk}-{int((monday + timedelta(weeks=1)).timestamp())}"
    url = f"{BOARD}/schedules/{schedule.pk}/swaps"
    answer = sign_in(ada).post(url, {"swap-first": first, "swap-second": second})
    assert answer.status_code == 303
    assert (on_call(role, NOW), on_call(role, monday)) == (ben, ada)
    assert on_call(role, monday + timedelta(weeks=1)) == ada
    assert sign_in(ada).post(url, {"swap-first": "1", "swap-second": second}).status_code == 422


@freeze_time(NOW)
def test_link_leads_to_a_question_and_the_button_answers_it(role, schedule, sign_in, cleo, ada):
    ticket = make_ticket(cleo, now=NOW)
    row = page(ticket, cause="System down", schedule=schedule, key="k", now=NOW)
    client, url = sign_in(ada), f"{BOARD}/pages/{row.pk}"
    assert "Waiting for Ada." in client.get(url).text
    assert Page.objects.get().acknowledged_at is None
    assert client.post(f"{url}/acknowledgement").status_code == 303
    assert Page.objects.get().acknowledged_by == ada
    assert "Ada is on it since" in client.get(url).text


@freeze_time(NOW)
def test_page_is_seen_by_the_department_and_by_who_was_called(role, sign_in, cleo, ada, billing):
    schedule, ticket = role.schedule, make_ticket(cleo, ada.departments.get(), now=NOW)
    row = page(ticket, cause="System down", schedule=schedule, key="k", now=NOW)
    carl = make_user("Carl", "agent", billing)
    url = f"{BOARD}/pages/{row.pk}"
    assert sign_in(carl).get(url).status_code == 404
    assert sign_in(carl).post(f"{url}/acknowledgement").status_code == 404
    ada.memberships.all().delete()
    assert sign_in(ada).get(url).status_code == 200


def test_manager_writes_a_schedule_and_its_roles(sign_in, max_, ada, ben):
    client = sign_in(max_)
    fields = {
        "name": "Emergency",
        "time_zone": "America/New_York",
        "handover_weekday": "0",
        "handover_time": "09:00",
        "starts_on": "2025-01-06",
        "acknowledge_minutes": "15",
        "is_enabled": "on",
    }
    assert client.post(f"{BOARD}/schedules/add", fields).status_code == 303
    schedule = OnCallSchedule.objects.get()
    turns = {"turn_1": ben.pk, "turn_2": ada.pk, "turn_3": ""}
    facts = {"schedule": schedule.pk, "name": "Primary", "level": "1", **turns}
    assert client.post(f"{BOARD}/roles/add", facts).status_code == 303
    role = OnCallRole.objects.get()
    assert [seat.user for seat in role.seats.all()] == [ben, ada]
    assert schedule.versions.last().spec["roles"] == {str(role.pk): [ben.pk, ada.pk]}
    page_of_role = client.get(f"{BOARD}/roles/{role.pk}").text
    assert "Turn 5" in page_of_role


# -- the log ----------------------------------------------------------------------------


def test_engagement_counts_at_least_two_hours(role, schedule, ada):
    row = page(None, cause="Down", schedule=schedule, key="k", now=NOW)
    assert engaged_minutes(row, now=NOW + HOUR) is None
    row = acknowledge(row, user=ada, now=NOW + HOUR)
    assert engaged_minutes(row, now=NOW + 2 * HOUR) == 120
    row = end_page(row, now=NOW + 4 * HOUR + timedelta(seconds=1))
    assert engaged_minutes(row, now=NOW + 9 * HOUR) == 181


def test_weekend_is_told_apart_at_local_midnight(schedule):
    zone = ZoneInfo("America/New_York")
    friday = datetime(2025, 2, 7, 12, tzinfo=UTC)
    pieces = list(by_kind_of_day(friday, friday + timedelta(days=4), zone))
    assert [is_weekend for _from, _until, is_weekend in pieces] == [False, True, False]
    assert pieces[1][:2] == (
        datetime(2025, 2, 8, 5, tzinfo=UTC),
        datetime(2025, 2, 10, 5, tzinfo=UTC),
    )


@freeze_time(NOW)
def test_export_holds_turns_and_pages_and_no_formulas(role, schedule, sign_in, max_, ada):
    row = page(None, cause="=HYPERLINK(1)", schedule=schedule, key="k", now=NOW - 3 * HOUR)
    acknowledge(row, user=ada, now=NOW - 3 * HOUR + timedelta(minutes=4))
    answer = sign_in(max_).get(f"{BOARD}/log?since=2025-01-27&until=2025-02-04&export=csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert sum(line.startswith("turn,") for line in lines) == 5
    paid = next(line for line in lines if line.startswith("page,"))
    assert paid.endswith(",4,176,weekday,,'=HYPERLINK(1)")
    assert AuditEntry.objects.filter(verb="on_call_log_exported").exists()


@freeze_time(NOW)
def test_log_shows_the_same_and_takes_nonsense(role, sign_in, max_):
    client = sign_in(max_)
    assert "Primary engineer" in client.get(f"{BOARD}/log").text
    assert client.get(f"{BOARD}/log?since=x&until=9999-99-99").status_code == 200
