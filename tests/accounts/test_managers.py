"""Who is told next, and who reports to whom."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actions import RefusedByRole, StaffFacts, change_staff
from accounts.models import User
from accounts.people import by_phone, manager_chain, reports_to
from core.models import AuditEntry
from tests.factories import make_department, make_user

pytestmark = pytest.mark.django_db


def put_under(user, manager, actor):
    facts = StaffFacts(name=user.name, role=user.role, manager=manager)
    return change_staff(user, facts=facts, actor=actor, now=timezone.now())


def test_chain_goes_from_the_own_manager_to_the_owner(ada, max_, owner, technical):
    lead, boss = make_user("Lea"), make_user("Bo")
    technical.lead, ada.manager = lead, boss
    assert manager_chain(ada, technical) == [boss, lead, max_, owner]


def test_chain_of_nobody_begins_at_the_lead(ada, max_, owner, technical):
    technical.lead = ada
    assert manager_chain(None, technical) == [ada, max_, owner]
    assert manager_chain(None, None) == [max_, owner]


def test_chain_names_nobody_twice_and_never_the_person(ada, max_, owner, technical):
    technical.lead, max_.manager = max_, owner
    assert manager_chain(max_, technical) == [owner]
    ada.manager = max_
    assert manager_chain(ada, technical) == [max_, owner]


def test_chain_leaves_out_who_was_locked_out(ada, owner, technical):
    technical.lead = make_user("Lea", is_active=False)
    ada.manager = make_user("Bo", is_active=False)
    assert manager_chain(ada, technical) == [owner]


def test_manager_is_written_down(ada, ben, max_):
    assert put_under(ada, ben, max_).manager == ben
    entry = AuditEntry.objects.latest("pk")
    assert (entry.before["manager"], entry.after["manager"]) == ("", "Ben")


def test_circles_of_managers_are_refused_with_words(ada, ben, max_):
    put_under(ada, ben, max_)
    put_under(ben, max_, max_)
    with pytest.raises(RefusedByRole, match="Ada reports to Max already"):
        put_under(max_, ada, max_)
    with pytest.raises(RefusedByRole, match="own manager"):
        put_under(ada, ada, max_)


def test_reports_go_all_the_way_up_and_end_in_a_circle(ada, ben, max_):
    put_under(ada, ben, max_)
    ada.refresh_from_db()
    assert reports_to(ada, ben)
    assert not reports_to(ben, ada)
    User.objects.filter(pk=ben.pk).update(manager=ada)
    assert not reports_to(ada, max_)


def test_database_refuses_the_own_manager_and_bad_numbers(ada):
    for change in ({"manager_id": ada.pk}, {"phone": "030 1234"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=ada.pk).update(**change)


def test_departments_of_the_staff_form_are_told(ada, max_, technical, monkeypatch):
    told = []
    monkeypatch.setattr("accounts.actions.people.emit", told.append)
    sales = make_department("Sales")
    facts = StaffFacts(name="Ada", role=ada.role, departments=[sales])
    change_staff(ada, facts=facts, actor=max_, now=timezone.now())
    assert {event.department_id for event in told} == {technical.pk, sales.pk}


def test_colleague_is_found_by_phone(ada, ben):
    User.objects.filter(pk=ada.pk).update(phone="+4930123456")
    assert by_phone("+4930123456") == ada
    assert by_phone("") is None
