"""Rules tried on past tickets: the same decision as the real ones, and nothing written (N3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from automation.assigning.pool import seat_members
from automation.dry_run.drafts import RulesDraft
from automation.dry_run.impact import preview_rule
from automation.dry_run.openings import World as Known
from automation.dry_run.openings import newest_tickets, opening_of, openings
from automation.dry_run.past import KIND, PastReport, play_tickets, try_rules
from automation.dry_run.play import play
from automation.dry_run.trial import Trial, try_mail, try_ticket
from automation.models import AgentSeat, EffectRun, RoutingPlan, RuleRun
from core.jobs import run_due
from core.models import Job
from mailpipe.models import InboundMail, OutgoingMail
from tests.automation.conftest import NOW, RuleMaker, words
from tests.automation.test_running import priority, set_priority
from tests.factories import make_ticket, make_user
from tickets.actions import Changes, assign_ticket, change_ticket
from tickets.actors import Actor
from tickets.models import Event, Ticket

SYSTEM = Actor.system("Test")
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
    with statements(5):
        assert [len(chunk) for chunk in openings(newest_tickets(10), world=known)] == [4]


def seats(trial: Trial) -> dict[str, str]:
    return {seat.name: seat.words for seat in trial.seats}


@pytest.fixture
def plan(technical, ada) -> RoutingPlan:
    seat_members(technical.pk)
    RoutingPlan.objects.filter(department=technical).update(is_enabled=True)
    return RoutingPlan.objects.get(department=technical)


def typed(text: str, **fields: str) -> dict[str, str]:
    return {"text": text, "subject": "", "sender": "", "recipient": ""} | fields


def test_a_typed_mail_tells_where_it_would_go_and_leaves_nothing(
    rule: RuleMaker, technical, plan: RoutingPlan, django_capture_on_commit_callbacks
):
    rule("classify", set_priority(1), conditions=words("subject", "outage"))
    facts = typed("All is dark.", subject="Outage!", recipient=technical.address)
    with django_capture_on_commit_callbacks() as pokes:
        trial = try_mail(facts, draft=RulesDraft.in_force(), now=NOW)
    changed = {word.label: word.after for word in trial.fields if word.is_changed}
    assert changed == {"Priority": str(priority(1))}
    assert seats(trial) == {"Ada": "was chosen"}
    assert [view.mark.text for view in trial.runs[0][1]] == ["Matched"]
    assert not pokes
    assert not any(model.objects.exists() for model in (Ticket, RuleRun, InboundMail, OutgoingMail))


@pytest.fixture
def article(rule: RuleMaker, technical, plan: RoutingPlan) -> Trial:
    """A mail to a department with every cause of S4's "Lead Assignment Rules Not Working"."""
    rule("routing", set_priority(1), name="Off", is_enabled=False)
    rule("routing", set_priority(1), name="Unmet", conditions=words("subject", "invoice"))
    rule("routing", set_priority(2), name="Taker")
    rule("routing", set_priority(3), name="Late")
    make_user("Dora", "agent", technical, availability="do_not_disturb")
    full = make_user("Fay", "agent", technical)
    seat_members(technical.pk)
    AgentSeat.objects.filter(membership__user=full).update(push_below=1)
    assign_ticket(make_ticket(department=technical), assignee=full, actor=SYSTEM, now=NOW)
    facts = typed("Hi", subject="Hello", recipient=technical.address)
    return try_mail(facts, draft=RulesDraft.in_force(), now=NOW)


def test_not_enabled_order_and_condition_can_be_read_off(article: Trial):
    assert {view.name: str(view.mark.text) for view in article.runs[0][1]} == {
        "Off": "Not enabled",
        "Unmet": "Conditions not met",
        "Taker": "Matched",
        "Late": "Not reached",
    }


def test_availability_and_capacity_can_be_read_off(article: Trial):
    assert seats(article) == {
        "Ada": "was chosen",
        "Dora": "asked not to be disturbed",
        "Fay": "has enough open tickets",
    }


def test_a_whole_mail_may_be_pasted(rule: RuleMaker, technical):
    rule("classify", set_priority(1), conditions=words("subject", "outage"))
    pasted = (
        f"From: cleo@harbour.example\r\nTo: {technical.address}\r\nSubject: Outage\r\n\r\nDark."
    )
    trial = try_mail(typed(pasted), draft=RulesDraft.in_force(), now=NOW)
    assert trial.title == "Outage"
    assert [word.after for word in trial.fields if word.is_changed] == [str(priority(1))]


def test_a_mail_that_opens_no_ticket_says_why(technical):
    spam = f"From: x@y.example\nTo: {technical.address}\nX-Spam-Flag: YES\nX-Spam-Score: 99\nSubject: Hi\n\nBuy"
    trial = try_mail(typed(spam), draft=RulesDraft.in_force(), now=NOW)
    assert "opens no ticket" in trial.refusal


def test_a_ticket_is_tried_as_it_was_opened(routed: list[Ticket]):
    trial = try_ticket(routed[0], draft=RulesDraft.in_force())
    assert [word.after for word in trial.fields if word.is_changed] == [str(priority(1))]
    assert trial.told == ["add the tags hot"]


def test_the_page_shows_all_three(sign_in, max_, routed: list[Ticket]):
    client = sign_in(max_)
    url = reverse("rules_test")
    assert client.get(url).status_code == 200
    number = {"ticket-number": routed[0].number, "ticket-rules": "in_force"}
    assert "add the tags hot" in client.post(f"{url}/ticket", number).text
    mail = {"mail-text": "An invoice", "mail-subject": "Invoice", "mail-rules": "all_on"}
    assert "Billing" in client.post(f"{url}/mail", mail).text
    started = client.post(f"{url}/past", {"past-tickets": 10, "past-rules": "in_force"})
    assert started.status_code in {302, 303}
    run_due(timezone.now())
    shown = client.get(started["Location"]).text
    assert "Every ticket would go where it went." in shown


def test_bad_input_is_answered_with_words(sign_in, max_, routed: list[Ticket]):
    client = sign_in(max_)
    url = reverse("rules_test")
    answer = client.post(f"{url}/ticket", {"ticket-number": 999_999, "ticket-rules": "in_force"})
    assert answer.status_code == 422
    assert "There is no ticket with this number." in answer.text
    assert (
        client.post(f"{url}/mail", {"mail-text": "", "mail-rules": "in_force"}).status_code == 422
    )
    assert (
        client.post(f"{url}/past", {"past-tickets": 0, "past-rules": "in_force"}).status_code == 422
    )


def test_agents_have_no_business_here(sign_in, ada):
    assert sign_in(ada).get(reverse("rules_test")).status_code in {403, 404}


def test_saving_a_rule_says_what_it_would_have_moved(routed: list[Ticket], rule: RuleMaker):
    hello = rule("classify", set_priority(2), conditions=words("subject", "goodbye"))
    hello.conditions = words("subject", "hello")
    changes = {"conditions": ({}, hello.conditions)}
    assert preview_rule(hello, changes) == "1 of the last 100 tickets would have gone elsewhere."
    hello.conditions = words("subject", "farewell")
    assert preview_rule(hello, changes) == ""
    assert preview_rule(hello, {}) == ""
