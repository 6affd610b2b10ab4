"""Laws of the fold over random ledgers, beside a clock that steps through time (sla.md 13)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.engine import ALWAYS, Calendar
from sla.ledger import Entry, fold
from tests.calendars.cases import LUNCH, NIGHTS, S4
from tests.sla.naive import Stepper

CALENDARS = {
    1: Calendar.from_spec(S4),
    2: ALWAYS,
    3: Calendar.from_spec(LUNCH),
    4: Calendar.from_spec(NIGHTS),
}
# Two days before clocks in Berlin and Bucharest go forward; New York has done so already.
DAWN = datetime(2025, 3, 28, 12, tzinfo=UTC)
THRESHOLDS = ["50%", "75%", "-30m", "+1h", "150%", "-1h real", "+2h real"]
KINDS = ["pause", "resume", "satisfy", "reopen", "cancel", "retarget", "recalendar"]

calendars = st.sampled_from(sorted(CALENDARS))
gaps = st.integers(0, 20 * 60)
targets = st.integers(1, 30 * 60)


@st.composite
def terms(draw: st.DrawFn) -> dict:
    thresholds = draw(st.lists(st.sampled_from(THRESHOLDS), unique=True, max_size=3))
    return {
        "target_s": draw(targets) * 60,
        "calendar": draw(calendars),
        "thresholds": thresholds,
        "grace_s": 0,
    }


@st.composite
def ledgers(draw: st.DrawFn, *, kinds: list[str] = KINDS) -> tuple[list[Entry], datetime]:
    """A start, up to eight entries on whole minutes, and the moment of the question."""
    at, rows = DAWN, [Entry("start", DAWN, draw(terms()))]
    for kind in draw(st.lists(st.sampled_from(kinds), max_size=8)):
        at += timedelta(minutes=draw(gaps))
        data = {"retarget": terms, "recalendar": lambda: st.builds(dict, calendar=calendars)}
        rows.append(Entry(kind, at, draw(data[kind]()) if kind in data else {}))
    return rows, at + timedelta(minutes=draw(gaps))


@settings(max_examples=400, deadline=None)
@given(ledgers())
def test_fold_agrees_with_a_clock_that_steps_through_time(ledger):
    rows, until = ledger
    state = fold(rows, CALENDARS, until)
    slow = Stepper(lambda calendar, moment: CALENDARS[calendar].is_open(moment)).run(rows, until)
    assert (state.state, state.elapsed_s) == (slow.phase, slow.elapsed)
    assert state.breached_at == slow.breached
    if slow.deadline is not None and slow.phase in ("running", "paused"):
        assert state.due_at == slow.deadline


@settings(max_examples=200, deadline=None)
@given(ledgers())
def test_running_deadline_is_where_a_clock_that_steps_on_arrives(ledger):
    """An answer to the second at the deadline is in time, one a minute later is late."""
    rows, until = ledger
    due = fold(rows, CALENDARS, until).due_at
    if due is None or due - until > timedelta(days=5) or due < until:
        return
    slow = Stepper(lambda calendar, moment: CALENDARS[calendar].is_open(moment))
    slow.run(rows, due)
    was = slow.breached
    slow.walk_to(due + timedelta(minutes=1))
    if slow.phase in ("running", "paused"):
        assert (slow.breached or due) == (was or due)
        assert slow.breached is not None


@given(ledgers())
def test_fold_is_deterministic_and_changes_nothing(ledger):
    rows, until = ledger
    kept = list(rows)
    assert fold(rows, CALENDARS, until) == fold(rows, CALENDARS, until)
    assert rows == kept


@given(ledgers(), st.data())
def test_looking_on_the_way_changes_nothing(ledger, data):
    """Folding a prefix, then the rest: what a prefix says holds until the next entry."""
    rows, until = ledger
    cut = data.draw(st.integers(1, len(rows)))
    head = rows[:cut]
    moment = rows[cut].at if cut < len(rows) else until
    early = fold(head, CALENDARS, moment)
    whole = fold(rows, CALENDARS, until)
    done = sum(span.seconds for span in whole.spans if span.end <= moment)
    assert early.elapsed_s == done
    if early.breached_at is not None:
        assert whole.breached_at == early.breached_at


@given(ledgers())
def test_elapsed_is_the_sum_of_the_spans(ledger):
    rows, until = ledger
    state = fold(rows, CALENDARS, until)
    assert state.elapsed_s == sum(span.seconds for span in state.spans)
    for span in state.spans:
        running = CALENDARS[span.calendar].between(span.start, span.end)
        assert span.seconds == (running if span.state == "running" else 0)


@given(ledgers())
def test_spans_tile_the_time_since_the_start(ledger):
    rows, until = ledger
    spans = fold(rows, CALENDARS, until).spans
    edges = [DAWN, *(span.end for span in spans)]
    assert [span.start for span in spans] == edges[:-1]
    assert edges[-1] == until


@given(ledgers())
def test_deadline_ahead_is_what_is_left_of_the_target(ledger):
    rows, until = ledger
    state = fold(rows, CALENDARS, until)
    if state.state == "running" and state.due_at > until:
        left = CALENDARS[state.calendar].between(until, state.due_at)
        assert left == state.target_s - state.elapsed_s


@given(ledgers(kinds=["pause", "resume", "retarget", "recalendar"]), st.data())
def test_pause_and_resume_twice_are_once(ledger, data):
    rows, until = ledger
    doubled = []
    for row in rows:
        twice = row.kind in ("pause", "resume") and data.draw(st.booleans())
        doubled += [row, row] if twice else [row]
    once, twice = fold(rows, CALENDARS, until), fold(doubled, CALENDARS, until)
    assert (once.elapsed_s, once.due_at, once.schedule) == (
        twice.elapsed_s,
        twice.due_at,
        twice.schedule,
    )


@given(ledgers())
def test_new_terms_make_no_deadline_before_them(ledger):
    rows, until = ledger
    breached_at = fold(rows, CALENDARS, until).breached_at
    assert breached_at is None or breached_at >= DAWN
    for place, row in enumerate(rows[1:], start=1):
        was = fold(rows[:place], CALENDARS, row.at)
        now = fold(rows[: place + 1], CALENDARS, row.at)
        if row.kind == "retarget" and was.breached_at is None and was.due_at != now.due_at:
            assert now.due_at is None or now.due_at >= row.at


@given(ledgers())
def test_generations_of_a_threshold_only_rise(ledger):
    rows, _until = ledger
    reached = 0
    for count, entry in enumerate(rows, start=1):
        state = fold(rows[:count], CALENDARS, entry.at)
        firings = [(row.threshold, row.generation) for row in state.schedule]
        assert len(set(firings)) == len(firings)
        assert state.generation >= reached
        reached = state.generation


@given(ledgers())
def test_thresholds_come_in_the_order_of_their_seconds(ledger):
    rows, until = ledger
    state = fold([rows[0]], CALENDARS, until)
    at = {row.threshold: row.at for row in state.schedule}
    for early, late in (("50%", "75%"), ("75%", "150%"), ("-30m", "+1h")):
        if early in at and late in at:
            assert at[early] <= at[late]
