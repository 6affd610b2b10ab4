"""Effects that tell somebody: people, services, the next level, whoever takes over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Team, User
from automation import recipients
from automation.arguments import Argument
from automation.effects.fields import agents
from automation.effects.registry import Case, Done, EffectFailed, EffectSpec, register
from automation.effects.tickets import placeholders, shortened
from automation.escalating import escalate_by_rule
from automation.models import EffectRun, RuleKind
from core.placeholders import fill
from notifications.actions import notify, tell_endpoint
from notifications.kinds import CHANNELS
from notifications.models import Endpoint
from notifications.notices import Notice
from tickets import vocabulary
from tickets.actions import UNCHANGED, Changes, hand_over
from tickets.content import Content
from tickets.models import Ticket
from tickets.permissions import may_be_assigned

Args = Mapping[str, Any]
Body = Callable[[Case, str], dict[str, Any]]

_TELL, _ESCALATE = _("Tell"), _("Escalate")
TITLE: Final = "{rule.name}: #{ticket.number} {ticket.subject}"
_NAMES: Final = _(
    "You may use {ticket.number}, {ticket.subject}, {customer.name}, {department.name}, "
    "{assignee.name}, {ticket.priority}, {ticket.status} and {rule.name}."
)
_TO: Final = Argument(name="to", label=_("Whom"), kind="choices", choices=recipients.offered)
_CHANNELS: Final = Argument(
    name="channels",
    label=_("By"),
    kind="choices",
    choices=lambda: list(CHANNELS.items()),
    is_required=False,
    help=_("Empty: as each person has chosen."),
)
_TITLE: Final = Argument(
    name="title", label=_("Title"), default=TITLE, is_required=False, help=_NAMES
)
_TEXT: Final = Argument(name="text", label=_("Text"), kind="text", is_required=False)
_URGENT: Final = Argument(
    name="urgent", label=_("Even in quiet hours"), kind="yes_no", is_required=False
)
_ENDPOINT: Final = Argument(
    name="endpoint",
    label=_("Service"),
    kind="choice",
    # A text message needs a telephone: people are told by `notify`.
    choices=lambda: [
        (row.pk, row.name) for row in Endpoint.objects.active().exclude(kind=Endpoint.Kind.SMS)
    ],
)
_FORMS: Final[list[tuple[str, Any]]] = [
    ("ticket", _("the facts of the ticket")),
    ("issue", _("an issue, as GitHub takes it")),
]
_FORM: Final = Argument(
    name="form",
    label=_("Webhooks send"),
    kind="choice",
    choices=lambda: list(_FORMS),
    default="ticket",
    is_required=False,
)
LEVELS: Final[list[tuple[int, Any]]] = [
    (1, _("1: assignee and watchers")),
    (2, _("2: lead or second tier")),
    (3, _("3: manager")),
    (4, _("4: emergency and leadership")),
]
_LEVEL: Final = Argument(
    name="level", label=_("Level"), kind="choice", choices=lambda: list(LEVELS), default=2
)
_REASON: Final = Argument(name="reason", label=_("Reason"), kind="text")


def _receivers() -> list[tuple[str, Any]]:
    departments = [(f"department:{row.pk}", str(row)) for row in vocabulary.departments()]
    teams = [(f"team:{row.pk}", str(row)) for row in Team.objects.active()]
    people = [(f"user:{pk}", name) for pk, name in agents()]
    return [*departments, *teams, *people]


_RECEIVER: Final = Argument(name="to", label=_("To whom"), kind="choice", choices=_receivers)


def words_of(case: Case) -> dict[str, str]:
    """What notices may name: facts of the ticket, never the text of a note (X-37)."""
    ticket = case.ticket
    return {
        **placeholders(case),
        "ticket.priority": ticket.priority.name,
        "ticket.status": ticket.status.name,
        "ticket.url": url_of(ticket),
        "assignee.name": ticket.assignee.display_name if ticket.assignee else _t("nobody"),
        "rule.name": case.rule.name,
    }


def url_of(ticket: Ticket) -> str:
    """The ticket's page, as a path of our site."""
    return f"/admin/tickets/ticket/{ticket.number}"


def public_facts(ticket: Ticket) -> dict[str, Any]:
    """A ticket as other services get it: no messages, no notes."""
    return {
        "number": ticket.number,
        "id": str(ticket.public_id),
        "subject": ticket.subject,
        "status": ticket.status.name,
        "priority": ticket.priority.name,
        "department": ticket.department.name,
        "service": ticket.service.name if ticket.service else None,
        "assignee": ticket.assignee.display_name if ticket.assignee else None,
        "customer": ticket.customer.display_name,
        "escalation_level": ticket.escalation_level,
        "opened_at": ticket.created_at.isoformat(),
        "url": f"{settings.SITE_URL}{url_of(ticket)}",
    }


def _notice(case: Case, args: Args) -> Notice:
    words = words_of(case)
    is_escalation = case.rule.kind == RuleKind.ESCALATION
    return Notice(
        kind="ticket.escalated" if is_escalation else "ticket.rule",
        title=fill(args.get("title") or TITLE, words),
        body=fill(args.get("text") or "", words),
        url=url_of(case.ticket),
        about=f"ticket:{case.ticket.pk}",
        is_urgent=bool(args.get("urgent")),
    )


def _notify(case: Case, args: Args) -> Done:
    """Who is not there is replaced by the next up the chain; nobody is dropped silently."""
    found = recipients.resolve(args["to"], case.ticket, now=case.now)
    if not found.everybody:
        return Done(EffectRun.State.NO_RECIPIENT, _t("Nobody is there, not even up the chain."))
    channels = args.get("channels", ())
    notify(found.everybody, _notice(case, args), key=case.key, now=case.now, channels=channels)
    told = ", ".join(user.display_name for user in found.everybody)
    if not found.missing:
        return Done(note=_t("Told: %(people)s") % {"people": told})
    words = {"missing": ", ".join(found.missing), "people": told}
    return Done(note=_t("Nobody is %(missing)s. Told: %(people)s") % words)


def _tell_endpoint(case: Case, args: Args) -> Done:
    endpoint = Endpoint.objects.active().filter(pk=args["endpoint"]).first()
    if endpoint is None:
        raise EffectFailed(_t("The service was switched off or deleted."))
    notice = _notice(case, args)
    payload = _payload(case, args, endpoint.kind, notice)
    tell_endpoint(endpoint, notice, key=case.key, now=case.now, payload=payload)
    return Done(note=_t("Told: %(name)s") % {"name": endpoint.name})


def _payload(case: Case, args: Args, kind: str, notice: Notice) -> dict[str, Any] | None:
    if kind == Endpoint.Kind.PAGERDUTY:
        return {"action": "trigger", "dedup_key": notice.about}
    if kind != Endpoint.Kind.WEBHOOK:
        return None
    if args.get("form") == "issue":
        link = f"{settings.SITE_URL}{notice.url}"
        return {"title": notice.title, "body": f"{notice.body}\n\n{link}".strip()}
    told = {"title": notice.title, "text": notice.body, "rule": case.rule.name}
    return {"event": case.trigger, "at": case.now.isoformat(), **told} | {
        "ticket": public_facts(case.ticket)
    }


def _flag(case: Case, args: Args) -> Done:
    row = escalate_by_rule(
        case.ticket, level=args["level"], key=case.key, actor=case.actor, now=case.now
    )
    if row is None:
        note = _t("It is escalated for this already, or resolved.")
        return Done(EffectRun.State.NOTHING, note)
    return Done()


def _hand_over(case: Case, args: Args) -> Done:
    """The reason becomes the pinned note of whoever takes over (R182)."""
    kind, _colon, pk = args["to"].partition(":")
    changes = _RECEIVERS[kind](case.ticket, int(pk))
    content = Content(text=fill(args["reason"], words_of(case)))
    hand_over(case.ticket, content=content, changes=changes, actor=case.actor, now=case.now)
    return Done()


def _to_department(_ticket: Ticket, pk: int) -> Changes:
    found = next((row for row in vocabulary.departments() if row.pk == pk), None)
    if found is None:
        raise EffectFailed(_t("The department was archived."))
    return Changes(department=found, assignee=None)


def _to_user(_ticket: Ticket, pk: int) -> Changes:
    found = User.objects.staff().filter(pk=pk).first()
    if found is None:
        raise EffectFailed(_t("The agent is not active any more."))
    return Changes(assignee=found)


def _to_team(ticket: Ticket, pk: int) -> Changes:
    """Into the team's department, where it has one; to its lead, where they may have it."""
    team = Team.objects.active().select_related("department", "lead").filter(pk=pk).first()
    if team is None:
        raise EffectFailed(_t("The team was archived."))
    department: Department = team.department or ticket.department
    lead = team.lead if team.lead and may_be_assigned(team.lead, department.pk) else None
    if lead is None and team.department is None:
        raise EffectFailed(_t("The team has neither a department nor a lead who may take it."))
    return Changes(department=team.department or UNCHANGED, assignee=lead)


_RECEIVERS: Final[dict[str, Callable[[Ticket, int], Changes]]] = {
    "department": _to_department,
    "user": _to_user,
    "team": _to_team,
}


def _words(sentence: Any, *arguments: Argument) -> Callable[[Args], str]:
    return lambda args: (
        str(sentence) % {one.name: shortened(one.words(args.get(one.name))) for one in arguments}
    )


for _spec in (
    EffectSpec(
        key="notify",
        label=_("Notify people"),
        group=_TELL,
        tell=_words(_("notify %(to)s"), _TO),
        arguments=(_TO, _CHANNELS, _TITLE, _TEXT, _URGENT),
        act=_notify,
    ),
    EffectSpec(
        key="tell_endpoint",
        label=_("Tell Slack, PagerDuty or a webhook"),
        group=_TELL,
        tell=_words(_("tell %(endpoint)s"), _ENDPOINT),
        arguments=(_ENDPOINT, _TITLE, _TEXT, _FORM, _URGENT),
        act=_tell_endpoint,
    ),
    EffectSpec(
        key="flag_escalated",
        label=_("Flag as escalated"),
        group=_ESCALATE,
        tell=_words(_("flag it as escalated, level %(level)s"), _LEVEL),
        arguments=(_LEVEL,),
        act=_flag,
    ),
    EffectSpec(
        key="hand_over_to",
        label=_("Hand over with a note"),
        group=_ESCALATE,
        tell=_words(_("hand it over to %(to)s"), _RECEIVER),
        arguments=(_RECEIVER, _REASON),
        act=_hand_over,
    ),
):
    register(_spec)
