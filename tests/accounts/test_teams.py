"""Pages of teams, skills and colleagues' duties."""

from __future__ import annotations

import re

import pytest

from accounts.models import Skill, Team, User
from accounts.people import by_shift_calendar
from core.models import AuditEntry
from tests.factories import make_calendar

pytestmark = pytest.mark.django_db


def staff_facts(user, **changes):
    return {"name": user.name, "role": user.role_id, **changes}


def test_team_is_added_with_lead_and_members(max_, ada, technical, sign_in):
    client = sign_in(max_)
    facts = {"name": "Tier 2", "tier": "tier2", "lead": max_.pk, "members": [ada.pk]}
    assert client.post("/admin/teams/add", facts).status_code == 303
    team = Team.objects.get()
    assert (team.tier, team.lead, list(team.members.all())) == ("tier2", max_, [ada])
    assert b"Ada" in client.get("/admin/teams").content


def test_customer_leads_no_team(max_, cleo, sign_in):
    facts = {"name": "Tier 2", "tier": "tier2", "lead": cleo.user.pk}
    assert sign_in(max_).post("/admin/teams/add", facts).status_code == 422


def test_skill_is_given_on_its_own_page(max_, ada, ben, sign_in):
    client = sign_in(max_)
    client.post("/admin/skills/add", {"name": "Performance", "people": [ada.pk]})
    skill = Skill.objects.get()
    assert list(skill.people.all()) == [ada]
    form = client.get(f"/admin/skills/{skill.pk}").content.decode()
    version = re.search(r'name="version" value="(\w+)"', form)[1]
    facts = {"name": "Speed", "people": [ben.pk], "version": version}
    assert client.post(f"/admin/skills/{skill.pk}", facts).status_code == 303
    assert list(skill.people.all()) == [ben]
    assert AuditEntry.objects.filter(subject_kind="skill").count() == 2


def test_used_skill_goes_only_into_another_one(max_, ada, sign_in):
    old, new = Skill.objects.create(name="API"), Skill.objects.create(name="Webhooks")
    ada.skills.add(old)
    client = sign_in(max_)
    assert b"1 person" in client.get("/admin/skills").content
    assert client.post(f"/admin/skills/{old.pk}/removal").status_code == 409
    client.post(f"/admin/skills/{old.pk}/removal", {"replacement": new.pk})
    assert list(ada.skills.all()) == [new]


def test_agent_may_not_change_teams_or_skills(ada, sign_in):
    client = sign_in(ada)
    assert client.get("/admin/teams").status_code == 403
    assert client.post("/admin/skills/add", {"name": "X"}).status_code == 403


def test_colleague_gets_duties_by_form(max_, ada, sign_in):
    skill, calendar = Skill.objects.create(name="API"), make_calendar()
    facts = staff_facts(
        ada,
        manager=max_.pk,
        phone="+49 30 1234567",
        skills=[skill.pk],
        is_senior="on",
        shift_calendar=calendar.pk,
    )
    assert sign_in(max_).post(f"/admin/staff/{ada.pk}", facts).status_code == 302
    user = User.objects.get(pk=ada.pk)
    assert (user.manager, user.phone, user.is_senior) == (max_, "+49301234567", True)
    assert (list(user.skills.all()), user.shift_calendar) == ([skill], calendar)
    assert by_shift_calendar([calendar.pk]) == {calendar.pk: 1}
    page = sign_in(max_).get("/admin/staff").content.decode()
    assert "<td>API</td>" in page
    assert "<td>Max</td>" in page


def test_circle_and_bad_number_are_refused_on_the_form(max_, ada, sign_in):
    client = sign_in(max_)
    User.objects.filter(pk=max_.pk).update(manager=ada)
    page = client.post(f"/admin/staff/{ada.pk}", staff_facts(ada, manager=max_.pk, phone="12"))
    assert page.status_code == 422
    assert b"country code" in page.content
    page = client.post(f"/admin/staff/{ada.pk}", staff_facts(ada, manager=max_.pk))
    assert page.status_code == 422
    assert b"Max reports to Ada already" in page.content


def test_archived_skill_stays_with_those_who_have_it(max_, ada, ben, sign_in):
    skill = Skill.objects.create(name="Fax", archived_at=ada.created_at)
    ada.skills.add(skill)
    client = sign_in(max_)
    assert b"Fax" in client.get(f"/admin/staff/{ada.pk}").content
    assert b"Fax" not in client.get(f"/admin/staff/{ben.pk}").content


def test_manager_sets_a_colleague_away(max_, ada, sign_in):
    client = sign_in(max_)
    client.post(f"/admin/staff/{ada.pk}/availability", {"availability": "unavailable"})
    ada.refresh_from_db()
    assert ada.availability == "unavailable"
    answer = client.post(f"/admin/staff/{ada.pk}/availability", {"availability": "asleep"})
    assert answer.status_code == 422


def test_top_bar_offers_four_states_with_picture_and_word(ada, sign_in):
    client = sign_in(ada)
    client.post("/admin/availability", {"availability": "do_not_disturb"})
    page = client.get("/admin/profile").content.decode()
    bar = re.search(r'<form class="availability .*?</form>', page, re.DOTALL)[0]
    assert "attendance--do_not_disturb" in bar
    assert "<svg" in bar
    assert bar.count("<option") == 4


def test_availability_leads_back_to_where_it_was_set(ada, sign_in):
    facts = {"availability": "away", "next": "/admin/profile"}
    assert sign_in(ada).post("/admin/availability", facts).headers["Location"] == "/admin/profile"


def test_own_phone_is_kept_and_written_down(ada, sign_in):
    facts = {"phone": "0049 30 1234567", "name": "Ada", "theme": "light"}
    headers = {"HX-Request": "true", "HX-Trigger-Name": "phone"}
    client = sign_in(ada)
    assert client.post("/admin/profile", facts, headers=headers).status_code == 204
    ada.refresh_from_db()
    assert ada.phone == "+49301234567"
    assert AuditEntry.objects.latest("pk").after == {"phone": "+49301234567"}
    page = client.post("/admin/profile", facts | {"phone": "123"}, headers=headers)
    assert page.status_code == 422


def test_text_messages_stop_and_start_on_the_profile(ada, sign_in):
    User.objects.filter(pk=ada.pk).update(phone="+49301234567")
    client = sign_in(ada)
    client.post("/admin/profile/text_messages")
    assert b"Send me text messages again" in client.get("/admin/profile").content
    client.post("/admin/profile/text_messages")
    ada.refresh_from_db()
    assert ada.takes_sms
