"""Who takes new work: availability, shifts, and who hears of a change."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from accounts.actions import (
    RefusedByRole,
    StaffFacts,
    activate_user,
    change_staff,
    deactivate_user,
    note_sms_opt_in,
    note_sms_opt_out,
    save_skill,
    set_availability,
)
from accounts.events import AvailabilityChanged
from accounts.models import Skill
from accounts.people import absence_of, is_on_shift, is_within, on_shift
from calendars.versions import compiled
from core.models import AuditEntry
from tests.factories import make_calendar, make_user

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)  # a Wednesday
NIGHT = datetime(2026, 3, 4, 22, tzinfo=UTC)


@pytest.fixture
def heard(monkeypatch):
    """Events that the actions emitted, by user."""
    events = []
    for place in ("availability", "people", "skills"):
        monkeypatch.setattr(f"accounts.actions.{place}.emit", events.append)
    return events


def say(user, availability, actor=None):
    return set_availability(user, availability=availability, actor=actor or user, now=NOON)


def facts(user, **changes):
    return StaffFacts(**{"name": user.name, "role": user.role, **changes})


def test_availability_is_one_of_four(ada):
    for word in ("away", "do_not_disturb", "unavailable", "available"):
        assert say(ada, word).availability == word
    with pytest.raises(ValueError, match="asleep"):
        say(ada, "asleep")


def test_going_away_is_told_and_written_down_once(ada, heard):
    say(ada, "away")
    say(ada, "away")
    assert heard == [AvailabilityChanged(user_id=ada.pk, now=NOON, went_away=True)]
    entry = AuditEntry.objects.get(verb="availability_changed")
    assert (entry.before, entry.after) == ({"availability": "available"}, {"availability": "away"})


def test_coming_back_is_no_going_away(ada, heard):
    for word in ("away", "do_not_disturb", "available"):
        say(ada, word)
    assert [event.went_away for event in heard] == [True, False, False]


def test_manager_says_it_for_an_agent_and_the_system_for_all(ada, max_):
    assert say(ada, "away", max_).availability == "away"
    now = timezone.now()
    assert set_availability(ada, availability="available", actor=None, now=now).is_available


def test_agent_says_it_for_nobody_else(ada, ben, owner, max_):
    with pytest.raises(RefusedByRole):
        say(ben, "away", ada)
    with pytest.raises(RefusedByRole):
        say(owner, "away", max_)


def test_whatever_makes_somebody_eligible_is_told(ada, max_, heard):
    skill, calendar = Skill.objects.create(name="API"), make_calendar()
    whole = {"is_senior": True, "shift_calendar": calendar, "skills": [skill]}
    for names in (["is_senior"], ["is_senior", "shift_calendar"], list(whole)):
        changes = {name: whole[name] for name in names}
        change_staff(ada, facts=facts(ada, **changes), actor=max_, now=NOON)
    assert len([event for event in heard if isinstance(event, AvailabilityChanged)]) == 3


def test_what_makes_nobody_eligible_is_not_told(ada, max_, technical, heard):
    new = facts(ada, phone="+4930123456", manager=max_, departments=[technical])
    change_staff(ada, facts=new, actor=max_, now=NOON)
    assert heard == []


def test_deactivating_and_activating_is_told(ada, max_, heard):
    deactivate_user(ada, actor=max_, now=NOON)
    activate_user(ada, actor=max_, now=NOON)
    assert [event.went_away for event in heard] == [True, False]


def test_skill_tells_of_those_who_got_or_lost_it(ada, ben, heard):
    gone = make_user("Gone", "agent", is_active=False)
    skill = Skill.objects.create(name="API")
    skill.people.add(ada, gone)
    save_skill(skill, people=[ben], now=NOON)
    assert {event.user_id for event in heard} == {ada.pk, ben.pk}
    assert set(skill.people.all()) == {ben, gone}


def test_shift_is_within_the_own_hours_only(ada, ben):
    ada.shift_calendar = make_calendar()
    assert (is_on_shift(ada, NOON), is_on_shift(ada, NIGHT)) == (True, False)
    assert on_shift([ada, ben], NIGHT) == {ben.pk}


def test_shifts_of_many_take_one_statement(ada, ben, max_, statements):
    calendar = make_calendar()
    compiled(calendar)
    for user in (ada, ben, max_):
        user.shift_calendar = calendar
    on_shift([ada], NOON)
    with statements(1):
        assert len(on_shift([ada, ben, max_], NOON)) == 3


def test_no_hours_are_all_hours():
    assert is_within(None, NIGHT)


def test_absence_has_a_reason(ada):
    assert absence_of(ada, is_on_shift=True) == ""
    assert absence_of(ada, is_on_shift=False) == "Outside working hours"
    assert absence_of(say(ada, "away"), is_on_shift=False) == "Away"


def test_stop_is_kept_until_start(ada):
    ada.phone = "+4930123456"
    ada.save(update_fields=["phone"])
    stopped = note_sms_opt_out(ada, now=NOON)
    assert not stopped.takes_sms
    assert note_sms_opt_out(ada, now=NIGHT).sms_opted_out_at == NOON
    assert note_sms_opt_in(ada, now=NIGHT).takes_sms
    assert AuditEntry.objects.filter(verb__startswith="sms_").count() == 2
