"""Which events start, pause and end which clocks: the table of sla.md 4, row by row."""

import pytest

from tests.calendars.cases import HOUR, at
from tests.sla.stories import Story, policy, promising, rules, target

TEN, ELEVEN, NOON, ONE = (f"2025-02-04 {hour}:00" for hour in (10, 11, 12, 13))
ACKNOWLEDGE = {"acknowledge": 1, "first_response": 4}


# -- acknowledge -------------------------------------------------------------------------


def test_taking_a_ticket_acknowledges_it():
    story = Story(rules(promising(ACKNOWLEDGE))).changed(ELEVEN, assignee=7)
    assert story.lines("acknowledge") == ["start", "satisfy"]
    assert story.live() == ["first_response#1"]


def test_giving_a_ticket_to_somebody_else_acknowledges_nothing():
    story = Story(rules(promising(ACKNOWLEDGE))).changed(ELEVEN, assignee=8)
    assert story.lines("acknowledge") == ["start"]


def test_public_reply_acknowledges():
    story = Story(rules(promising(ACKNOWLEDGE))).replied(ELEVEN)
    assert story.lines("acknowledge") == ["start", "satisfy"]


def test_acknowledgement_is_never_due_again():
    story = Story(rules(promising(ACKNOWLEDGE))).replied(ELEVEN).wrote(NOON)
    assert story.live() == []


# -- first response ----------------------------------------------------------------------


def test_first_response_starts_with_the_ticket():
    assert Story().state("first_response").due_at == at("2025-02-04 14:00")


@pytest.mark.parametrize("by", ["rule", "api", "system"])
def test_only_a_person_satisfies(by):
    story = Story().replied(ELEVEN, by=by)
    assert story.live() == ["first_response#1", "resolution#1"]


@pytest.mark.parametrize("kind", ["note_added", "delivery_failed", "linked", "followers_changed"])
def test_notes_and_bounces_satisfy_nothing(kind):
    story = Story().tell(kind, ELEVEN, by="user")
    assert story.live() == ["first_response#1", "resolution#1"]


def test_customer_messages_before_the_first_reply_change_nothing():
    story = Story().wrote(ELEVEN).wrote(NOON)
    assert story.lines("first_response") == ["start"]
    assert story.live() == ["first_response#1", "resolution#1"]


@pytest.mark.parametrize("name", ["progress", "answered", "hold", "solved", "closed"])
def test_no_status_stops_the_first_response(name):
    assert Story().became(name, ELEVEN).lines("first_response") == ["start"]


def test_policy_may_pause_the_first_response():
    pausing = {"new": (), "first_response": ("first_response", "resolution")}
    story = Story(rules(promising(pauses_response=True)))
    answered = {"id": 3, "name": "answered", "kind": "waiting_customer"}
    changes = {
        "status": {"before": None, "after": {**answered, "pauses": pausing["first_response"]}}
    }
    story.tell("changed", ELEVEN, by="user", changes=changes)
    assert story.lines("first_response") == ["start", "pause"]


def test_resolving_answers_only_where_the_policy_says_so():
    story = Story(rules(promising(resolving_answers=True))).became("solved", ELEVEN)
    assert story.why("first_response") == "resolved without reply"
    assert story.live() == []


def test_a_ticket_of_an_agent_who_writes_first_owes_an_update():
    story = Story(message_kind="reply")
    assert story.live() == ["resolution#1", "update#1"]


def test_ticket_an_agent_notes_down_for_a_customer_owes_a_response():
    assert Story(message_kind="note").live() == ["first_response#1", "resolution#1"]


def test_automatic_mail_awaits_nothing_until_somebody_writes():
    story = Story(automatic=True)
    assert story.live() == []
    story.wrote(ELEVEN, automatic=True)
    assert story.live() == []
    story.wrote(NOON)
    assert story.live() == ["first_response#1", "resolution#1"]
    assert story.state("first_response").started_at == at(NOON)


def test_reply_to_an_automatic_mail_owes_a_resolution():
    story = Story(automatic=True).replied(ELEVEN)
    assert story.live() == ["resolution#1", "update#1"]


# -- next response -----------------------------------------------------------------------


def test_oldest_unanswered_message_counts():
    story = Story().replied(ELEVEN).wrote(NOON).wrote(ONE)
    assert story.lines("next_response") == ["start"]
    assert story.state("next_response").due_at == at("2025-02-04 14:00")


def test_each_exchange_has_its_own_cycle():
    story = Story().replied(ELEVEN).wrote(NOON).replied(ONE).wrote("2025-02-04 14:00")
    assert story.lines("next_response", 1) == ["start", "satisfy"]
    assert story.lines("next_response", 2) == ["start"]


def test_no_next_response_beside_the_first():
    assert "next_response#1" not in Story().wrote(ELEVEN).live()


@pytest.mark.parametrize("data", [{"automatic": True}, {"held": True}])
def test_automatic_and_held_messages_ask_for_nothing(data):
    story = Story().replied(ELEVEN).wrote(NOON, **data)
    assert story.lines("next_response") == []


def test_released_message_asks():
    story = Story().replied(ELEVEN).wrote(NOON, held=True).tell("released", ONE, by="user")
    assert story.state("next_response").started_at == at(ONE)


def test_agents_writing_twice_start_no_next_response():
    assert Story().replied(ELEVEN).replied(NOON).lines("next_response") == []


def test_resolution_ends_what_was_asked():
    story = Story().replied(ELEVEN).wrote(NOON).became("solved", ONE)
    assert story.why("next_response") == story.why("update") == "resolved"
    assert story.live() == []


# -- update ------------------------------------------------------------------------------


def test_each_reply_opens_the_next_update():
    story = Story().replied(ELEVEN).replied(NOON)
    assert story.lines("update", 1) == ["start", "satisfy"]
    assert story.state("update", 2).due_at == at("2025-02-04 15:00")


def test_update_rests_while_the_customer_is_asked():
    story = Story().replied(ELEVEN).became("answered", ELEVEN).wrote(ONE).became("progress", ONE)
    assert story.lines("update") == ["start", "pause", "resume"]
    assert story.state("update").due_at == at("2025-02-04 16:00")


def test_update_started_in_a_resting_status_rests():
    story = Story().became("hold", ELEVEN).replied(NOON)
    assert story.lines("update") == ["start", "pause"]


# -- resolution --------------------------------------------------------------------------


def test_resolution_pauses_and_resumes():
    story = Story().became("hold", NOON).became("progress", "2025-02-04 15:00")
    assert story.lines("resolution") == ["start", "pause", "resume"]
    assert story.state("resolution").due_at == at("2025-02-05 12:00")


def test_from_one_resting_status_to_another_nothing_resumes():
    story = Story().became("hold", NOON).became("answered", ONE)
    assert story.lines("resolution") == ["start", "pause", "pause"]


@pytest.mark.parametrize("name", ["solved", "closed"])
def test_resolved_and_closed_satisfy(name):
    assert Story().became(name, NOON).lines("resolution") == ["start", "satisfy"]


def test_closing_the_resolved_says_nothing_new():
    story = Story().became("solved", NOON).became("closed", ONE)
    assert story.lines("resolution") == ["start", "satisfy"]


def test_reopening_goes_on():
    story = Story().became("solved", NOON).became("progress", "2025-02-05 12:00")
    assert story.lines("resolution") == ["start", "satisfy", "reopen"]
    assert story.state("resolution").due_at == at("2025-02-05 18:00")


def test_reopening_begins_anew_where_the_policy_says_so():
    story = Story(rules(promising(reopen="restart")))
    story.became("solved", NOON).became("progress", "2025-02-05 09:00")
    assert story.lines("resolution", 1) == ["start", "satisfy"]
    assert story.state("resolution", 2).due_at == at("2025-02-05 17:00")


def test_reopening_into_a_resting_status_rests():
    story = Story().became("solved", NOON).became("hold", ONE)
    assert story.lines("resolution") == ["start", "satisfy", "reopen", "pause"]


def test_first_promise_of_a_resolution_while_resolved_begins_with_the_reopening():
    story = Story(rules(promising({"first_response": 4}))).became("solved", NOON)
    story.ruled(ONE, rules(promising())).became("progress", "2025-02-05 09:00")
    assert story.state("resolution").started_at == at("2025-02-05 09:00")


# -- leaving and coming back -------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "data", "reason"),
    [
        ("marked_spam", {}, "spam"),
        ("deleted", {}, "deleted"),
        ("merged", {"into": 12}, "merged into #12"),
    ],
)
def test_leaving_the_queue_cancels_every_clock(kind, data, reason):
    story = Story().tell(kind, ELEVEN, by="user", **data)
    assert story.live() == []
    assert story.why("first_response") == story.why("resolution") == reason


def test_time_among_the_spam_is_a_pause():
    story = Story().tell("marked_spam", ELEVEN).tell("unmarked_spam", ONE)
    assert story.lines("resolution") == ["start", "cancel", "reopen"]
    assert story.state("first_response").due_at == at("2025-02-04 16:00")


def test_what_the_customer_wrote_among_the_spam_counts_from_the_return():
    story = Story().replied(ELEVEN).tell("marked_spam", NOON).wrote(NOON)
    assert "next_response#1" not in story.live()
    assert story.tell("unmarked_spam", ONE).state("next_response").started_at == at(ONE)


def test_resolved_among_the_spam_stays_resolved():
    story = Story().tell("marked_spam", ELEVEN).became("closed", NOON).tell("unmarked_spam", ONE)
    assert story.state("resolution").state == "satisfied"
    assert story.state("resolution").elapsed_s == HOUR


def test_reopened_among_the_spam_goes_on_with_the_return():
    story = Story().became("closed", ELEVEN).tell("marked_spam", ELEVEN)
    story.became("progress", NOON)
    assert "resolution#1" not in story.live()
    assert story.tell("unmarked_spam", ONE).state("resolution").due_at == at("2025-02-05 11:00")


def test_answered_among_the_spam_is_answered():
    story = Story().tell("marked_spam", ELEVEN).replied(NOON).tell("unmarked_spam", ONE)
    assert story.live() == ["resolution#1", "update#1"]


def test_priority_raised_among_the_spam_holds_after_the_return():
    raised = policy(target("resolution", 8), target("resolution", 3, priority=2))
    story = Story(rules(raised)).tell("marked_spam", ELEVEN).changed(NOON, priority=2)
    assert story.tell("unmarked_spam", ONE).state("resolution").due_at == at("2025-02-04 15:00")


def test_deleted_comes_not_back_from_the_spam():
    story = Story().tell("marked_spam", ELEVEN).tell("deleted", NOON)
    assert story.tell("unmarked_spam", ONE).live() == []


def test_merged_messages_of_others_satisfy_nothing():
    assert Story().replied(ELEVEN, by="system").lines("first_response") == ["start"]


# -- replies taken back ------------------------------------------------------------------


def test_withdrawn_reply_satisfied_nothing():
    story = Story().replied(ELEVEN, message=5)
    story.tell("reply_withdrawn", "2025-02-04 11:00:20", message=5)
    assert story.state("first_response").due_at == at("2025-02-04 14:00")
    assert story.live() == ["first_response#1", "resolution#1"]


def test_withdrawn_reply_leaves_a_resting_update_resting():
    story = Story().replied(ELEVEN).became("answered", ELEVEN).replied(NOON, message=5)
    story.tell("reply_withdrawn", "2025-02-04 12:00:20", message=5)
    state = story.state("update", by="2025-02-04 15:00")
    assert (state.state, state.elapsed_s) == ("paused", 0)
    assert story.live() == ["resolution#1", "update#1"]


def test_question_asked_before_the_withdrawal_is_the_old_one():
    story = Story().replied(ELEVEN, message=5).wrote("2025-02-04 11:00:10")
    story.tell("reply_withdrawn", "2025-02-04 11:00:20", message=5)
    assert story.live() == ["first_response#1", "resolution#1"]
    assert story.case.awaits_answer


def test_question_after_an_unasked_reply_outlives_its_withdrawal():
    story = Story().replied(ELEVEN).replied(NOON, message=5).wrote("2025-02-04 12:00:10")
    story.tell("reply_withdrawn", "2025-02-04 12:00:20", message=5)
    assert story.live() == ["next_response#1", "resolution#1", "update#1"]


def test_withdrawal_of_an_older_reply_changes_nothing():
    story = Story().replied(ELEVEN, message=5).replied(NOON, message=6)
    before = story.live()
    assert story.tell("reply_withdrawn", ONE, message=5).live() == before


def test_withdrawn_among_the_spam_starts_nothing():
    story = Story().replied(ELEVEN, message=5).tell("marked_spam", ELEVEN)
    assert story.tell("reply_withdrawn", ELEVEN, message=5).live() == []


# -- order -------------------------------------------------------------------------------


def test_two_status_changes_in_one_second():
    story = Story().became("hold", NOON).became("progress", NOON).became("hold", NOON)
    assert story.lines("resolution") == ["start", "pause", "resume", "pause"]
    assert story.state("resolution", by="2025-02-05 12:00").elapsed_s == 2 * HOUR


def test_time_never_runs_backwards_within_a_ticket():
    story = Story().became("hold", NOON).became("progress", ELEVEN)
    assert story.state("resolution").elapsed_s == 2 * HOUR


def test_parts_of_a_second_are_cut():
    story = Story(when="2025-02-04 10:00:00.900000")
    assert story.state("first_response").due_at == at("2025-02-04 14:00")
