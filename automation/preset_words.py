"""What the words of presets mean in this installation: departments, priorities, people's parts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Department, Skill, Team
from automation.models import MilestoneSet, OnCallSchedule
from core.conditions.tree import GROUPS
from customers.models import Tier
from notifications.models import Endpoint
from sla.models import SlaPolicy
from tickets.models import Priority, Service, Status

_KINDS: Final = {
    "department": gettext_lazy("The department %(word)s does not exist."),
    "skill": gettext_lazy("The skill %(word)s does not exist."),
    "priority": gettext_lazy("There is no priority %(word)s."),
    "tier": gettext_lazy("The customer tier %(word)s does not exist."),
    "service": gettext_lazy("The service %(word)s does not exist."),
    "status": gettext_lazy("No status means %(word)s."),
    "policy": gettext_lazy("No SLA policy is called %(word)s."),
    "schedule": gettext_lazy("There is no on-call schedule yet."),
    "milestones": gettext_lazy("There are no milestones yet."),
    "endpoint": gettext_lazy("No service of the kind %(word)s is set up."),
    "team": gettext_lazy("No team belongs to %(word)s."),
    "team_members": gettext_lazy("No team belongs to %(word)s."),
    "lead": gettext_lazy("No team belongs to %(word)s."),
}
MADE: Final = frozenset({"department", "skill"})
_NOTHING: Final = object()


@dataclass(frozen=True)
class Missing:
    """A word that means nothing here; `name` is what the row would be called."""

    kind: str
    word: str
    name: str

    @property
    def can_be_made(self) -> bool:
        return self.kind in MADE

    @property
    def sentence(self) -> str:
        return str(_KINDS[self.kind]) % {"word": self.name}


class Words:
    """Looks words up, each kind once; `missing` and `left_out` gather what was not found."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names
        self._known: dict[str, dict[str, Any]] = {}
        self.missing: list[Missing] = []
        self.left_out: list[Missing] = []

    def start(self) -> None:
        """Begin another rule."""
        self.missing, self.left_out = [], []

    def told(self, node: Any) -> Any:
        """The node with rows for words; unknown words are noted."""
        if isinstance(node, dict):
            return self._word(node["ref"]) if "ref" in node else self._mapping(node)
        return list(self._kept(node)) if isinstance(node, list | tuple) else node

    def _mapping(self, node: dict[str, Any]) -> Any:
        told = {name: self.told(value) for name, value in node.items() if name != "if_possible"}
        # A group whose members were all left out asks nothing.
        return {} if any(told.get(group) == [] for group in GROUPS) else told

    def _kept(self, nodes: Iterable[Any]) -> Iterable[Any]:
        for node in nodes:
            if not isinstance(node, dict) or not node.get("if_possible"):
                yield self.told(node)
                continue
            before, self.missing = self.missing, []
            told = self.told(node)
            found, self.missing = self.missing, before
            self.left_out += found
            if not found:
                yield told

    def _word(self, ref: str) -> Any:
        kind, _colon, word = ref.partition(":")
        if kind not in self._known:
            self._known[kind] = _LOOKUPS[kind]()
        found = self._known[kind].get(word.casefold(), _NOTHING)
        if found is _NOTHING:
            self.missing.append(Missing(kind, word, self._names.get(word, word)))
            return None
        return found


def left_out_words(missing: Iterable[Missing]) -> list[str]:
    """What a rule would do without, in sentences."""
    return [_("%(sentence)s It is left out.") % {"sentence": one.sentence} for one in missing]


def _departments() -> dict[str, Any]:
    rows = list(Department.objects.active())
    return {row.name.casefold(): row.pk for row in rows} | {row.slug: row.pk for row in rows}


def _priorities() -> dict[str, Any]:
    """The n-th most urgent; words beyond the last one mean the last one."""
    keys = list(
        Priority.objects.filter(archived_at=None).order_by("rank").values_list("pk", flat=True)
    )
    return {str(n): keys[min(n, len(keys)) - 1] for n in range(1, 10)} if keys else {}


def _statuses() -> dict[str, Any]:
    """By slug, and by kind: the one that is the default of its kind."""
    rows = list(Status.objects.filter(archived_at=None).order_by("-is_default", "position"))
    by_kind = {row.kind: row.pk for row in reversed(rows)}
    return by_kind | {row.slug: row.pk for row in rows}


def _policies() -> dict[str, Any]:
    """By name, and by each word of it: "Priority support / VIP" is vip."""
    rows = [(row.name.casefold(), row.pk) for row in SlaPolicy.objects.active()]
    return {part: pk for name, pk in reversed(rows) for part in name.split()} | dict(rows)


def _first(rows: Callable[[], Any]) -> Callable[[], dict[str, Any]]:
    def found() -> dict[str, Any]:
        key = rows().values_list("pk", flat=True).first()
        return {} if key is None else {"first": key}

    return found


def _teams(form: str) -> Callable[[], dict[str, Any]]:
    """By tier, as recipients and receivers name them."""
    return lambda: {
        row.tier: form.format(row.pk)
        for row in reversed(Team.objects.active().order_by("position", "pk"))
    }


_LOOKUPS: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "department": _departments,
    "skill": lambda: {row.name.casefold(): row.pk for row in Skill.objects.active()},
    "priority": _priorities,
    "tier": lambda: dict(Tier.objects.values_list("slug", "pk")),
    "service": lambda: dict(Service.objects.filter(archived_at=None).values_list("slug", "pk")),
    "status": _statuses,
    "policy": _policies,
    "schedule": _first(OnCallSchedule.objects.active),
    "milestones": _first(lambda: MilestoneSet.objects.filter(archived_at=None)),
    "endpoint": lambda: {row.kind: row.pk for row in Endpoint.objects.active().order_by("-pk")},
    "team": _teams("team:{}"),
    "team_members": _teams("team:{}"),
    "lead": _teams("lead:{}"),
}
