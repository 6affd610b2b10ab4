"""Where a ticket may be escalated to, why, and what that changes (R28, R109, R110)."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

from accounts.models import Department, Team, User
from tickets.actions.changes import UNCHANGED, Changes
from tickets.models import Ticket
from tickets.permissions import may_be_assigned

# The English words are what is stored: rules compare them, pages translate them.
REASONS = (
    gettext_noop("Needs engineering input"),
    gettext_noop("Requested by the user"),
    gettext_noop("Beyond Tier 1"),
    gettext_noop("Bug confirmed"),
    gettext_noop("Needs a code change"),
    gettext_noop("Performance"),
    gettext_noop("Database or infrastructure"),
    gettext_noop("Security"),
)
LEVEL_BY_HAND, LEVEL_OF_LEADERSHIP = 2, 4

Target = Team | Department | User


def reason_words(reason: str) -> str:
    """A stored reason in the reader's language; free words stay as they are."""
    return gettext(reason) if reason in REASONS else reason


def level_of(target: Target) -> int:
    """Team lead and Tier 2 are level 2, leadership is level 4 (rules.md 8)."""
    is_leadership = isinstance(target, Team) and target.tier == Team.Tier.LEADERSHIP
    return LEVEL_OF_LEADERSHIP if is_leadership else LEVEL_BY_HAND


def changes_for(ticket: Ticket, target: Target) -> Changes:
    """Who has the ticket then: a person, the queue of a department, or a team.

    A team with a department gets it into that queue; another one gets it on its lead's desk.
    """
    if isinstance(target, User):
        return Changes(assignee=target)
    department = target.department if isinstance(target, Team) else target
    if department is not None and department.pk != ticket.department_id:
        return Changes(department=department, assignee=None)
    lead = target.lead if isinstance(target, Team) else None
    may_lead = lead is not None and lead.is_active and may_be_assigned(lead, ticket.department_id)
    return Changes(department=department or UNCHANGED, assignee=lead if may_lead else None)


def watchers_for(target: Target) -> tuple[User, ...]:
    """Engineers watch what they are asked for; so does a team that has no queue of its own."""
    if not isinstance(target, Team):
        return ()
    is_asked = target.tier == Team.Tier.ENGINEERING or target.department is None
    return tuple(target.members.filter(is_active=True)) if is_asked else ()
