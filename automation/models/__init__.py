"""Rules, their versions and runs; seats, escalations, on-call."""

from automation.models.rules import Rule, RuleKind, RuleSetVersion
from automation.models.runs import EffectRun, RuleRun

__all__ = ["EffectRun", "Rule", "RuleKind", "RuleRun", "RuleSetVersion"]
