"""Effects that set fields of the ticket; those of one evaluation become one change-set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, User
from automation.arguments import Argument
from automation.effects.registry import Case, EffectFailed, EffectSpec, register
from tickets import vocabulary
from tickets.models import Priority, Service, Status
from tickets.models.vocabulary import Kind

_TICKET = _("Ticket")
Args = Mapping[str, Any]


def _choices(rows: Callable[[], Iterable[Model]]) -> Callable[[], list[tuple[Any, Any]]]:
    return lambda: [(row.pk, str(row)) for row in rows()]


def agents() -> list[tuple[Any, Any]]:
    """Active staff by name, for arguments that name a person."""
    return [(user.pk, user.display_name) for user in User.objects.staff().order_by("name", "pk")]


def _one_of(rows: list[Any], pk: int, what: Any) -> Any:
    """The row in use with this key. Raises EffectFailed when it is gone."""
    for row in rows:
        if row.pk == pk:
            return row
    raise EffectFailed(_t("%(what)s was deleted or archived.") % {"what": what})


_PRIORITY = Argument(
    name="priority", label=_("Priority"), kind="choice", choices=_choices(vocabulary.priorities)
)
_STATUS = Argument(
    name="status", label=_("Status"), kind="choice", choices=_choices(vocabulary.statuses)
)
_DEPARTMENT = Argument(
    name="department",
    label=_("Department"),
    kind="choice",
    choices=_choices(vocabulary.departments),
)
_SERVICE = Argument(
    name="service", label=_("Service"), kind="choice", choices=_choices(vocabulary.services)
)
_AGENT = Argument(name="agent", label=_("Agent"), kind="choice", choices=agents)
_STEPS = Argument(name="steps", label=_("Steps"), kind="number", default=1)
_RELATIONS: list[tuple[str, Any]] = [
    ("dedicated", _("the customer's own agent")),
    ("lead", _("the lead of the department")),
    ("manager", _("the manager of the assignee")),
]
_RELATION = Argument(
    name="relation", label=_("Who"), kind="choice", choices=lambda: list(_RELATIONS)
)


def _set_priority(_case: Case, args: Args) -> dict[str, Priority]:
    rows = list(vocabulary.priorities())
    return {"priority": _one_of(rows, args["priority"], _t("The priority"))}


def _moved_priority(case: Case, steps: int) -> dict[str, Priority]:
    """Up to `steps` ranks more urgent, less urgent when negative; capped at both ends."""
    rows = sorted(vocabulary.priorities(), key=lambda row: row.rank)
    place = next((n for n, row in enumerate(rows) if row.pk == case.ticket.priority_id), None)
    if place is None:
        place = sum(row.rank < case.ticket.priority_rank for row in rows)
    return {"priority": rows[min(max(place - steps, 0), len(rows) - 1)]}


def _set_department(_case: Case, args: Args) -> dict[str, Department]:
    rows = list(vocabulary.departments())
    return {"department": _one_of(rows, args["department"], _t("The department"))}


def _set_service(_case: Case, args: Args) -> dict[str, Service]:
    rows = list(vocabulary.services())
    return {"service": _one_of(rows, args["service"], _t("The service"))}


def _set_status(_case: Case, args: Args) -> dict[str, Status]:
    rows = list(vocabulary.statuses())
    return {"status": _one_of(rows, args["status"], _t("The status"))}


def _close(_case: Case, _args: Args) -> dict[str, Status]:
    return {"status": vocabulary.default_status(Kind.CLOSED)}


def _assign(_case: Case, args: Args) -> dict[str, User]:
    found = User.objects.staff().filter(pk=args["agent"]).first()
    if found is None:
        raise EffectFailed(_t("The agent is not active any more."))
    return {"assignee": found}


def _assign_related(case: Case, args: Args) -> dict[str, User]:
    found = _RELATED[args["relation"]](case)
    if found is None or not found.is_staff:
        words = dict(_RELATIONS)[args["relation"]]
        raise EffectFailed(_t("There is nobody who is %(who)s.") % {"who": words})
    return {"assignee": found}


def _manager(case: Case) -> User | None:
    return case.ticket.assignee.manager if case.ticket.assignee else None


_RELATED: dict[str, Callable[[Case], User | None]] = {
    "dedicated": lambda case: case.ticket.customer.effective_agent,
    "lead": lambda case: case.ticket.department.lead,
    "manager": _manager,
}


def _field(
    key: str,
    label: Any,
    argument: Argument | None,
    *,
    sentence: Any,
    changes: Callable[[Case, Args], Mapping[str, Any]],
) -> None:
    def tell(args: Args) -> str:
        words = argument.words(args.get(argument.name)) if argument else ""
        return str(sentence) % {"value": words}

    register(
        EffectSpec(
            key=key,
            label=label,
            group=_TICKET,
            tell=tell,
            arguments=(argument,) if argument else (),
            changes=changes,
        )
    )


_field(
    "set_priority",
    _("Set the priority"),
    _PRIORITY,
    sentence=_("set the priority to %(value)s"),
    changes=_set_priority,
)
_field(
    "raise_priority",
    _("Raise the priority"),
    _STEPS,
    sentence=_("raise the priority by %(value)s"),
    changes=lambda case, args: _moved_priority(case, args["steps"]),
)
_field(
    "lower_priority",
    _("Lower the priority"),
    _STEPS,
    sentence=_("lower the priority by %(value)s"),
    changes=lambda case, args: _moved_priority(case, -args["steps"]),
)
_field(
    "set_department",
    _("Move to a department"),
    _DEPARTMENT,
    sentence=_("move it to %(value)s"),
    changes=_set_department,
)
_field(
    "set_service",
    _("Set the service"),
    _SERVICE,
    sentence=_("set the service to %(value)s"),
    changes=_set_service,
)
_field(
    "set_status",
    _("Set the status"),
    _STATUS,
    sentence=_("set the status to %(value)s"),
    changes=_set_status,
)
_field("close", _("Close"), None, sentence=_("close it"), changes=_close)
_field(
    "assign_to",
    _("Assign to an agent"),
    _AGENT,
    sentence=_("assign it to %(value)s"),
    changes=_assign,
)
_field(
    "assign_related",
    _("Assign to somebody by role"),
    _RELATION,
    sentence=_("assign it to %(value)s"),
    changes=_assign_related,
)
_field(
    "unassign",
    _("Take the assignee away"),
    None,
    sentence=_("take the assignee away"),
    changes=lambda _case, _args: {"assignee": None},
)
