"""Why a deadline is what it is, in one sentence and in the reader's zone (N2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise

from django.utils.translation import gettext as _

from core.moments import day_time
from sla.case import CUSTOM
from sla.durations import metric_name, short_target, spent_text
from sla.explain import Account, Terms
from sla.ledger import CANCELLED, LIVE, ClockState

Names = Mapping[int, str]


def deadline_sentence(account: Account, calendars: Names, *, now: datetime) -> str:
    """“Resolution due Wed 13:30: 8 h of Office hours from Tue 10:00, minus 45 m on hold; …”.

    `calendars` names the calendar of each version, with its hours.
    """
    facts = {
        "head": _head(account, now),
        "because": ", ".join(_because(account, calendars, now)),
        "source": _source(account.current, account.priority),
    }
    sentence = _("%(head)s: %(because)s; %(source)s.") % facts
    if account.excuse:
        return _("%(sentence)s Excused: %(why)s.") % {"sentence": sentence, "why": account.excuse}
    return sentence


def reason_words(reason: str) -> str:
    """Why a clock was dropped: the planner keeps a word, people read a phrase."""
    name, _colon, detail = reason.partition(": ")
    if name == "excluded" and detail:
        return _("no deadlines: %(reason)s") % {"reason": detail}
    known = {
        "resolved": _("the ticket was solved"),
        "resolved without reply": _("the ticket was solved without a reply"),
        "withdrawn": _("the reply was taken back"),
        "no target": _("nothing is promised any more"),
        "spam": _("the ticket is spam"),
        "deleted": _("the ticket was deleted"),
    }
    return known.get(reason, reason)


def cause_words(cause: str) -> str:
    """What began a line of the account; a pause is named by its status."""
    known = {
        "start": _("The clock starts"),
        "resume": _("It goes on"),
        "reopen": _("Opened again"),
        "satisfy": _("Done"),
    }
    return known.get(cause, reason_words(cause))


def _head(account: Account, now: datetime) -> str:
    state = account.state
    facts = {
        "metric": metric_name(account.metric),
        "due": day_time(state.due_at, now=now) if state.due_at else "",
        "ended": day_time(state.ended_at, now=now) if state.ended_at else "",
        "left": spent_text(max(0, state.target_s - state.elapsed_s)),
        "reason": reason_words(state.reason),
    }
    return _head_form(state, now) % facts


def _head_form(state: ClockState, now: datetime) -> str:
    is_late = state.breached_at is not None
    if state.state in LIVE:
        if state.due_at is None:
            return _("%(metric)s paused (%(reason)s) with %(left)s left")
        is_late = is_late or now > state.due_at
        return _("%(metric)s overdue since %(due)s") if is_late else _("%(metric)s due %(due)s")
    if state.state == CANCELLED:
        return _("%(metric)s dropped %(ended)s (%(reason)s)")
    if state.due_at is None:
        return _("%(metric)s met %(ended)s")
    if is_late:
        return _("%(metric)s missed, done %(ended)s and due %(due)s")
    return _("%(metric)s met %(ended)s, due %(due)s")


def _because(account: Account, calendars: Names, now: datetime) -> Iterator[str]:
    first = account.terms[0]
    yield _("%(target)s of %(calendar)s from %(start)s") % {
        "target": _target(first),
        "calendar": calendars.get(first.calendar, ""),
        "start": day_time(account.state.started_at, now=now),
    }
    for before, after in pairwise(account.terms):
        yield from _change(before, after, calendars, now)
    if account.held_s:
        facts = {"time": spent_text(account.held_s), "reason": ", ".join(account.held_by)}
        yield _("minus %(time)s on hold (%(reason)s)") % facts


def _change(before: Terms, after: Terms, calendars: Names, now: datetime) -> Iterator[str]:
    facts = {
        "time": day_time(after.at, now=now),
        "target": _target(after),
        "calendar": calendars.get(after.calendar, ""),
        "why": _why(after),
    }
    if after.target_s != before.target_s:
        yield _("then %(target)s from %(time)s on (%(why)s)") % facts
    if after.calendar != before.calendar and after.kind == "correct":
        yield _("corrected to %(calendar)s (%(why)s)") % facts
    elif after.calendar != before.calendar:
        yield _("counted in %(calendar)s from %(time)s on (%(why)s)") % facts


def _target(terms: Terms) -> str:
    """As it was promised; business days also say the hours they were frozen to."""
    if not terms.amount:
        return spent_text(terms.target_s)
    words = short_target(terms.amount, terms.unit)
    is_plain = terms.target_s == terms.amount * {"hours": 3600, "minutes": 60}.get(terms.unit, 0)
    if is_plain:
        return words
    return _("%(target)s (%(time)s)") % {"target": words, "time": spent_text(terms.target_s)}


def _source(terms: Terms, priority: str) -> str:
    if terms.source == "department":
        return _("target of the department, priority %(priority)s") % {"priority": priority}
    return _("target from policy “%(policy)s”, priority %(priority)s") % {
        "policy": terms.policy,
        "priority": priority,
    }


def _why(terms: Terms) -> str:
    """What changed; several names of fields, parted by commas, become phrases."""
    names = terms.why.split(", ")
    known = {
        "rules": _("the rules changed"),
        "customer": _("the customer changed"),
        "priority": _("the priority changed"),
        "department": _("the department changed"),
        "service": _("the service changed"),
        "status": _("the status changed"),
        "subject": _("the subject changed"),
        "assignee": _("the assignee changed"),
        "tags": _("the tags changed"),
        "reopened": _("the ticket was opened again"),
        "exclusion": _("the exclusion changed"),
        "sla_policy": _("another policy was chosen"),
        "sla_exclusion": _("the exclusion changed"),
    }
    own = _("an own field changed")
    told = [own if name.startswith(CUSTOM) else known.get(name, name) for name in names]
    return ", ".join(dict.fromkeys(told))
