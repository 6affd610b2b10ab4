"""Which promise holds: policies, exclusions, priorities, calendars, and their changes (sla.md 3)."""

from dataclasses import replace

from sla.case import Fact
from tests.calendars.cases import HOUR, at
from tests.sla.stories import (
    BILLING,
    HIGH,
    LATER_HOURS,
    LOW,
    ROUND_THE_CLOCK,
    SERVICE,
    TECHNICAL,
    TRAINING,
    Story,
    archived,
    policy,
    promising,
    rules,
    target,
)

TEN, ELEVEN, NOON, ONE = (f"2025-02-04 {hour}:00" for hour in (10, 11, 12, 13))
BY_PRIORITY = policy(
    target("resolution", 8, priority=LOW),
    target("resolution", 4, priority=HIGH),
)
IN_BILLING = promising(
    {"resolution": 2}, id=2, conditions={"field": "department", "op": "is", "value": BILLING}
)


def test_priority_of_the_ticket_chooses_the_target():
    assert Story(rules(BY_PRIORITY)).state("resolution").target_s == 8 * HOUR


def test_priority_change_carries_what_was_used():
    story = Story(rules(BY_PRIORITY)).became("hold", ELEVEN).became("progress", ONE)
    story.changed("2025-02-04 14:00", priority=HIGH)
    state = story.state("resolution")
    assert story.lines("resolution") == ["start", "pause", "resume", "retarget"]
    assert (state.elapsed_s, state.due_at) == (2 * HOUR, at("2025-02-04 16:00"))


def test_priority_without_a_promise_ends_the_clock():
    silent = policy(target("resolution", 8, priority=LOW), target("resolution", None, priority=2))
    story = Story(rules(silent)).changed(NOON, priority=HIGH)
    assert (story.live(), story.why("resolution")) == ([], "no target")


def test_promise_that_holds_only_now_begins_now():
    late = policy(target("resolution", None, priority=LOW), target("resolution", 8, priority=2))
    story = Story(rules(late))
    assert story.live() == []
    assert story.changed(NOON, priority=HIGH).state("resolution").started_at == at(NOON)


def test_first_matching_policy_wins():
    story = Story(rules(IN_BILLING, BY_PRIORITY), department={"id": BILLING})
    assert story.state("resolution").target_s == 2 * HOUR


def test_moving_to_a_department_asks_again():
    story = Story(rules(IN_BILLING, BY_PRIORITY)).changed(NOON, department=BILLING)
    assert story.case.policy == 2
    assert story.state("resolution").due_at == at(NOON)


def test_department_change_recalendars():
    calendars = {TECHNICAL: ROUND_THE_CLOCK, BILLING: LATER_HOURS}
    story = Story(rules(promising({"resolution": 8}), department_calendars=calendars))
    story.changed(NOON, department=BILLING)
    assert story.lines("resolution") == ["start", "recalendar"]
    assert story.state("resolution").due_at == at("2025-02-04 18:00")


def test_queue_target_is_a_fallback_only():
    fallback = {TECHNICAL: target("first_response", 1)}
    alone = Story(rules(policy(target("resolution", 8)), queues=fallback))
    assert alone.state("first_response").target_s == HOUR
    both = Story(rules(promising(), queues=fallback))
    assert both.state("first_response").target_s == 4 * HOUR


# -- pinned and reselected ---------------------------------------------------------------


def pinned(story: Story, when: str, after: dict | None) -> Story:
    changes = {"sla_policy": {"before": None, "after": after}}
    return story.tell("changed", when, by="user", changes=changes)


def test_pinned_policy_outlives_every_change():
    story = pinned(Story(rules(BY_PRIORITY, IN_BILLING)), ELEVEN, {"id": 2, "name": "Billing"})
    story.changed(NOON, priority=HIGH).changed(NOON, department=TECHNICAL)
    assert story.case.policy == 2
    story.ruled(ONE, rules(BY_PRIORITY, archived(IN_BILLING)))
    assert (story.case.policy, story.live()) == (2, ["resolution#1"])


def test_policy_no_longer_pinned_is_chosen_by_the_list():
    story = pinned(Story(rules(BY_PRIORITY, IN_BILLING)), ELEVEN, {"id": 2, "name": "Billing"})
    assert pinned(story, NOON, None).case.policy == 1


def vip_rules(*, reselects: bool):
    important = {"field": "customer_vip", "op": "is", "value": True}
    special = promising({"resolution": 2}, id=2, conditions=important)
    return rules(special, replace(BY_PRIORITY, reselects=reselects))


def promoted(story: Story, when: str) -> Story:
    """The customer has become important; something happens on the ticket."""
    story.planner.refresh({"customer_vip": True}, _fact(when))
    return story.tell("note_added", when, by="user")


def _fact(when: str):
    return Fact(
        id=99,
        kind="note_added",
        at=at(when),
        actor_kind="user",
        actor_id=7,
        message_id=None,
        data={},
    )


def test_new_contract_counts_where_the_policy_reselects():
    story = promoted(Story(vip_rules(reselects=True)), ELEVEN)
    assert (story.case.policy, story.lines("resolution")) == (2, ["start", "retarget"])


def test_new_contract_leaves_a_pinned_promise_alone():
    story = promoted(Story(vip_rules(reselects=False)), ELEVEN)
    assert (story.case.policy, story.lines("resolution")) == (1, ["start"])


def test_tags_choose_whatever_their_case():
    urgent = {"field": "tags", "op": "contains_any", "value": ["vip"]}
    story = Story(rules(promising({"resolution": 2}, id=2, conditions=urgent), BY_PRIORITY))
    story.tell("tagged", ELEVEN, added=["VIP"], removed=[])
    assert story.case.policy == 2
    story.tell("tagged", NOON, added=[], removed=["vip"])
    assert story.case.policy == 1


# -- exclusions --------------------------------------------------------------------------


def excluded(story: Story, when: str, reason: str) -> Story:
    changes = {"sla_exclusion": {"before": "", "after": reason}}
    return story.tell("changed", when, by="user", changes=changes)


def test_exclusion_by_hand_and_back():
    story = excluded(Story(rules(BY_PRIORITY)), ELEVEN, "Goodwill")
    assert (story.live(), story.why("resolution")) == ([], "excluded: Goodwill")
    assert story.case.excluded == "Goodwill"
    excluded(story, ONE, "")
    assert (story.case.excluded, story.live()) == ("", ["resolution#2"])
    assert story.state("resolution", 2).started_at == at(ONE)


def test_nothing_starts_on_an_excluded_ticket():
    story = excluded(Story(), ELEVEN, "Goodwill").replied(NOON).wrote(ONE)
    story.became("solved", "2025-02-04 14:00").became("progress", "2025-02-04 15:00")
    assert story.live() == []


def test_excluded_while_resolved_does_not_go_on():
    story = excluded(Story().became("solved", ELEVEN), NOON, "Goodwill").became("progress", ONE)
    assert "resolution#1" not in story.live()


def test_service_without_deadlines():
    story = Story(rules(BY_PRIORITY, excluded_services={TRAINING: "Training"}))
    story.changed(ELEVEN, service=TRAINING)
    assert (story.case.excluded, story.live()) == ("Training", [])
    assert story.changed(NOON, service=SERVICE).live() == ["resolution#2"]


def test_policy_without_deadlines():
    training = {"field": "service", "op": "is", "value": TRAINING}
    none = policy(id=2, conditions=training, excluded="Training is no incident")
    story = Story(rules(none, BY_PRIORITY), service={"id": TRAINING})
    assert (story.case.excluded, story.live()) == ("Training is no incident", [])


def test_service_excluded_later_has_no_deadlines_any_more():
    story = Story(rules(BY_PRIORITY), service={"id": TRAINING})
    story.ruled(NOON, rules(BY_PRIORITY, excluded_services={TRAINING: "Training"}))
    assert (story.case.excluded, story.live()) == ("Training", [])


# -- edits of the rules ------------------------------------------------------------------


def test_edited_target_is_a_retarget():
    story = Story(rules(promising({"resolution": 8})))
    story.ruled(NOON, rules(promising({"resolution": 4})))
    assert story.lines("resolution") == ["start", "retarget"]
    assert story.state("resolution").due_at == at("2025-02-04 14:00")


def test_edited_calendar_is_a_recalendar():
    before = rules(promising({"resolution": 8}))
    story = Story(before).ruled(NOON, replace(before, calendars={1: LATER_HOURS}))
    assert story.lines("resolution") == ["start", "recalendar"]
    assert story.state("resolution").due_at == at("2025-02-04 18:00")


def test_equal_rules_write_nothing():
    assert Story().ruled(NOON, rules(promising())).lines("resolution") == ["start"]


def test_business_days_are_converted_once():
    """A calendar edited later moves the deadline, but not what a day was worth."""
    days = policy(target("resolution", 2, unit="business_days"))
    story = Story(rules(days))
    assert story.state("resolution").target_s == 18 * HOUR
    story.ruled(NOON, replace(rules(days), calendars={1: LATER_HOURS}))
    assert story.lines("resolution") == ["start", "recalendar"]
    assert story.state("resolution").target_s == 18 * HOUR


def test_other_business_days_are_converted_anew():
    two, three = (policy(target("resolution", days, unit="business_days")) for days in (2, 3))
    story = Story(rules(two)).ruled(NOON, rules(three))
    assert story.state("resolution").target_s == 27 * HOUR


def test_whether_it_was_outside_hours_is_settled_at_the_start():
    extra = policy(target("resolution", 4, ooh_extra_s=HOUR))
    story = Story(rules(extra), when="2025-02-04 19:00")
    assert story.state("resolution").target_s == 5 * HOUR
    story.ruled("2025-02-05 10:00", replace(rules(extra), calendars={1: LATER_HOURS}))
    assert story.lines("resolution") == ["start", "recalendar"]


def test_after_hours_promise_stays_when_the_priority_changes():
    weekend = policy(
        target("first_response", 4), target("first_response", 6, when="weekend"),
        target("first_response", 1, priority=HIGH),
        target("first_response", 2, priority=HIGH, when="weekend"),
    )  # fmt: skip
    story = Story(rules(weekend), when="2025-02-08 11:00").changed(
        "2025-02-10 10:00", priority=HIGH
    )
    assert story.state("first_response").target_s == 2 * HOUR


def test_archived_policy_hands_over():
    story = Story(rules(BY_PRIORITY)).ruled(NOON, rules(archived(BY_PRIORITY), promising(id=3)))
    assert story.case.policy == 3


def test_status_that_pauses_from_now_on():
    before = rules(promising({"resolution": 8}), statuses={1: ()})
    story = Story(before).ruled(NOON, replace(before, statuses={1: ("resolution",)}))
    assert story.lines("resolution") == ["start", "pause"]
    story.ruled(ONE, before)
    assert story.state("resolution").due_at == at("2025-02-05 10:00")


def test_policy_of_a_certain_time():
    """Its last day ends at midnight on the wall of the default calendar, not in UTC."""
    old = promising({"resolution": 8}, valid_until="2025-02-04")
    new = promising({"resolution": 4}, id=2)
    assert Story(rules(old, new), when="2025-02-04 23:00").case.policy == 1
    assert Story(rules(old, new), when="2025-02-05 00:00").case.policy == 2


def test_days_a_calendar_does_not_have_promise_nothing():
    never = policy(target("resolution", 20_000, unit="business_days"))
    assert Story(rules(never)).live() == []
