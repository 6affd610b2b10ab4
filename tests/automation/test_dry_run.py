"""Rules tried on past tickets: the same decision as the real ones, and nothing written (N3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from automation.dry_run.drafts import RulesDraft
from automation.dry_run.openings import World as Known
from automation.dry_run.openings import newest_tickets, opening_of, openings
from automation.dry_run.past import KIND, PastReport, play_tickets, try_rules
from automation.dry_run.play import play
from automation.models import EffectRun, RuleRun
from core.jobs import run_due
from core.models import Job
from tests.automation.conftest import NOW, RuleMaker, words
from tests.automation.test_running import priority, set_priority
from tests.factories import make_ticket
from tickets.actions import Changes, change_ticket
from tickets.actors import Actor
from tickets.models import Event, Ticket

SUBJECTS = ["Total outage", "Invoice wrong", "An outage and an invoice", "Hello"]


@pytest.fixture
def routed(rule: RuleMaker, technical, billing) -> list[Ticket]:
    """Tickets that rules have classified and routed for real."""
    rule(
        "classify",
        set_priority(1),
        {"effect": "add_tags", "tags": ["hot"]},
        conditions=words("subject", "outage"),
    )
    to_billing = {"effect": "set_department", "department": billing.pk}
    rule(
        "routing",
        {"effect": "raise_priority", "steps": 1},
        conditions={"field": "tags", "op": "contains_any", "value": ["cold"]},
    )
    rule("routing", to_billing, conditions=words("subject", "invoice"))
    return [make_ticket(department=technical, subject=text, now=NOW) for text in SUBJECTS]


def played(ticket: Ticket):
    opened = opening_of(ticket)
    assert opened is not None
    sets = RulesDraft.in_force().rule_sets()
    return opened, play(opened.ticket, opened.message, rule_sets=sets, now=ticket.created_at)


def test_a_dry_run_decides_like_the_real_one(routed: list[Ticket]):
    for ticket in routed:
        ticket.refresh_from_db()
        _opened, dry = played(ticket)
        for kind in ("classify", "routing"):
            real = RuleRun.objects.get(ticket=ticket, kind=kind)
            assert [rule.id for rule in dry.matched(kind)] == real.matched
            assert dry.decisions[kind].case.found() == {
                field: [tuple(word) for word in found] for field, found in real.found.items()
            }
        assert dry.ticket.department_id == ticket.department_id
        assert dry.ticket.priority_id == ticket.priority_id


def test_the_facts_are_those_of_the_opening(routed: list[Ticket], ada, technical):
    ticket = routed[0]
    low = priority(4)
    change_ticket(
        ticket, changes=Changes(priority=low), actor=Actor.of_user(ada), now=NOW + timedelta(days=1)
    )
    ticket.refresh_from_db()
    opened, dry = played(ticket)
    assert opened.priority == priority(1).pk, "what rules made of it, not what an agent did later"
    assert dry.ticket.priority == priority(1)
    assert dry.told == ["add the tags hot"]


def test_it_writes_nothing(routed: list[Ticket]):
    before = (RuleRun.objects.count(), EffectRun.objects.count(), Event.objects.count())
    for ticket in routed:
        played(ticket)
    assert before == (RuleRun.objects.count(), EffectRun.objects.count(), Event.objects.count())


def test_changed_rules_are_compared_with_what_happened(
    routed: list[Ticket], rule: RuleMaker, technical
):
    """A later rule does not count back until it is tried."""
    rule("classify", set_priority(2), conditions=words("subject", "hello"))
    report = PastReport()
    list(play_tickets(newest_tickets(10), RulesDraft.in_force().rule_sets(), report=report))
    assert (report.tickets, report.differing) == (4, 1)
    difference = report.differences[0]
    assert difference.would["priority"] == priority(2).pk
    assert difference.number == routed[3].number


def test_a_switched_off_rule_can_be_tried(routed: list[Ticket], rule: RuleMaker):
    rule("classify", set_priority(2), conditions=words("subject", "hello"), is_enabled=False)
    for draft, differing in ((RulesDraft.in_force(), 0), (RulesDraft.with_all_on(), 1)):
        report = PastReport()
        list(play_tickets(newest_tickets(10), draft.rule_sets(), report=report))
        assert report.differing == differing


def test_the_long_run_is_a_job_with_its_outcome(routed: list[Ticket], max_):
    job = try_rules(RulesDraft.in_force(), tickets=3, actor=max_, now=timezone.now())
    run_due(timezone.now())
    job = Job.objects.get(pk=job.pk)
    assert (job.kind, job.state, job.total) == (KIND, "done", 3)
    assert (job.outcome["tickets"], job.outcome["differing"]) == (3, 0)


def test_chunks_cost_the_same_however_many_tickets(routed: list[Ticket], statements):
    known = Known.read()
    with statements(4):
        assert [len(chunk) for chunk in openings(newest_tickets(10), world=known)] == [4]
