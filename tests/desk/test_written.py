"""Questions of the shipped lists that are written once: they say what the plain ones say."""

from __future__ import annotations

import pytest
from django.utils import timezone

from desk.columns import DEFAULT
from desk.queue import counters
from desk.rows import facts_of
from desk.shipped import BASES
from desk.written import counting, first_page
from tests.factories import make_ticket
from tickets.actions import assign_ticket
from tickets.actors import Actor

pytestmark = pytest.mark.django_db
TIMELESS = [view for view in BASES if view.is_timeless]


@pytest.fixture
def tickets(ada, ben, cleo, technical, billing):
    """Two of each department, one of them assigned."""
    for department, agent in ((technical, ada), (billing, ben)):
        make_ticket(cleo, department, subject=f"Free, {department}")
        taken = make_ticket(cleo, department, subject=f"Taken, {department}")
        assign_ticket(taken, actor=Actor.of_user(agent), assignee=agent, now=timezone.now())


@pytest.mark.parametrize("view", TIMELESS, ids=lambda view: view.slug)
def test_first_pages_are_those_of_the_plain_question(tickets, view, ada, ben, max_):
    now = timezone.now()
    for user in (ada, ben, max_, ada):
        plain = view.tickets(user, now).order_by(*view.order.terms(backwards=False))
        asked = first_page(view, user, 51, columns=DEFAULT)
        assert asked == facts_of(plain, user, 51)


def test_a_written_list_is_never_anothers(tickets, ada, ben):
    mine = next(view for view in BASES if view.slug == "mine")
    seen = [
        [row.subject for row in first_page(mine, user, 51, columns=DEFAULT)] for user in (ada, ben)
    ]
    assert seen == [["Taken, Technical"], ["Taken, Billing"]]


def test_counters_of_two_agents_and_a_manager(tickets, ada, ben, max_):
    now = timezone.now()
    counted = [counters(user, now)["attention"] for user in (ada, ben, max_)]
    assert counted == [2, 2, 4]


def test_filters_and_moments_are_asked_in_words_of_their_own(tickets, ada):
    narrowed = TIMELESS[0].narrowed({"priority": "1"})
    overdue = next(view for view in BASES if view.slug == "overdue")
    assert first_page(narrowed, ada, 51, columns=DEFAULT) is None
    assert first_page(overdue, ada, 51, columns=DEFAULT) is None


def test_an_agent_of_no_department_sees_nothing(tickets, ada, django_user_model):
    ada.memberships.all().delete()
    nobody = django_user_model.objects.get(pk=ada.pk)
    assert first_page(TIMELESS[0], nobody, 51, columns=DEFAULT) is None
    assert counting(TIMELESS[0], nobody, timezone.now()) is None
