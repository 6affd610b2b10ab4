"""Rules, their versions and runs; seats, escalations, on-call."""

from automation.models.contacts import Contact
from automation.models.escalations import Escalation, TimedFiring
from automation.models.milestones import Milestone, MilestoneSet, MilestoneSpec
from automation.models.on_call import (
    OnCallRole,
    OnCallSchedule,
    OnCallSeat,
    OnCallShift,
    Page,
    PageStep,
    RotaVersion,
)
from automation.models.rules import Rule, RuleKind, RuleSetVersion
from automation.models.runs import EffectRun, RuleRun, RunCount
from automation.models.seats import (
    AgentSeat,
    Assignment,
    AssignmentMethod,
    RoutingPlan,
    WaitingTicket,
)

__all__ = [
    "AgentSeat",
    "Assignment",
    "AssignmentMethod",
    "Contact",
    "EffectRun",
    "Escalation",
    "Milestone",
    "MilestoneSet",
    "MilestoneSpec",
    "OnCallRole",
    "OnCallSchedule",
    "OnCallSeat",
    "OnCallShift",
    "Page",
    "PageStep",
    "RotaVersion",
    "RoutingPlan",
    "Rule",
    "RuleKind",
    "RuleRun",
    "RuleSetVersion",
    "RunCount",
    "TimedFiring",
    "WaitingTicket",
]
