"""Old runs go; those without a match are still counted (rules.md 6)."""

from __future__ import annotations

from datetime import timedelta

from automation.models import EffectRun, RuleRun, RunCount
from automation.retention import count_away
from tests.automation.conftest import NOW, RuleMaker, words
from tests.automation.test_running import set_priority
from tests.factories import make_ticket


def test_runs_without_a_match_are_counted_after_a_fortnight(rule: RuleMaker, technical):
    rule("classify", set_priority(1), conditions=words("subject", "outage"))
    for subject in ("Hello", "Thanks", "An outage"):
        make_ticket(department=technical, subject=subject, now=NOW)
    assert count_away(NOW + timedelta(days=13)) == 0
    assert count_away(NOW + timedelta(days=15)) == 2
    assert count_away(NOW + timedelta(days=15)) == 0
    assert list(RunCount.objects.values_list("day", "kind", "outcome", "count")) == [
        (NOW.date(), "classify", "no_match", 2)
    ]
    assert RuleRun.objects.get().outcome == "applied"


def test_half_a_year_later_all_of_them_go_with_their_effects(rule: RuleMaker, technical):
    rule("classify", set_priority(1))
    make_ticket(department=technical, now=NOW)
    assert count_away(NOW + timedelta(days=181)) == 1
    assert not EffectRun.objects.exists()
    assert RunCount.objects.get().count == 1
