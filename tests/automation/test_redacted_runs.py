"""What was redacted stands in no run of a rule either; the verdicts stay."""

from __future__ import annotations

import pytest
from django.utils import timezone

from automation.models import RuleRun
from automation.running import KEPT_TEXT
from tests.automation.conftest import NOW, RuleMaker, words
from tests.factories import make_inbound, make_ticket
from tickets.actions import redact_message
from tickets.actors import Actor
from tickets.models import Priority

pytestmark = pytest.mark.django_db
SECRET = "My card is 4111 1111 1111 1111, please charge it."


@pytest.fixture
def reads(rule: RuleMaker) -> None:
    urgent = Priority.objects.order_by("rank")[0]
    effect = {"effect": "set_priority", "priority": urgent.pk}
    rule("classify", effect, conditions=words("subject_body", "charge"))
    rule("trigger", effect, conditions=words("body", "charge"), trigger="customer_replied")


def redact(message, user) -> None:
    redact_message(message, reason="Card", actor=Actor.of_user(user), now=timezone.now())


def said() -> str:
    return " ".join(str(run.facts) for run in RuleRun.objects.all())


def test_runs_forget_redacted_words_and_keep_their_verdicts(reads, technical, max_):
    ticket = make_ticket(department=technical, subject="My bill", text=SECRET, now=NOW)
    make_inbound(ticket, f"Again: all is well.\n{SECRET}")
    assert "4111" in said()
    matched = [run.matched for run in RuleRun.objects.order_by("pk")]
    redact(ticket.messages.earliest("pk"), max_)
    assert "4111" not in said()
    assert [run.matched for run in RuleRun.objects.order_by("pk")] == matched
    assert RuleRun.objects.filter(facts__subject="My bill").exists()


def test_a_text_cut_in_the_middle_of_the_words_is_forgotten_too(reads, technical, max_):
    start = "x" * (KEPT_TEXT - 20)
    ticket = make_ticket(department=technical, subject="Bill", text=f"{start}\n{SECRET}", now=NOW)
    assert "My card is 4111" in said()
    redact(ticket.messages.earliest("pk"), max_)
    assert "My card" not in said()


def test_runs_that_read_something_else_keep_it(reads, technical, max_):
    ticket = make_ticket(department=technical, subject="Bill", text="Do not charge me.", now=NOW)
    redact(make_inbound(ticket, SECRET), max_)
    assert "Do not charge me." in said()
