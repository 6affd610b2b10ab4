"""Effects that do something to the ticket besides setting its fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from automation.arguments import Argument
from automation.effects.fields import agents
from automation.effects.registry import Case, Done, EffectFailed, EffectSpec, register
from automation.models import EffectRun
from core import options
from core.placeholders import fill
from mailpipe.actions.receipts import within_budget
from mailpipe.queueing import default_recipients
from sla.actions.manual import exclude_ticket, pin_policy
from sla.models import SlaPolicy
from tickets.actions import add_note, apply_template, change_tags, create_task, reply, watch
from tickets.actions.messages import Answer
from tickets.content import Content
from tickets.models import TaskTemplate

_TICKET, _WORDS = _("Ticket"), _("Words")
Args = Mapping[str, Any]

_TAGS = Argument(
    name="tags", label=_("Tags"), kind="words", help=_("Several are separated by commas.")
)
_TEXT = Argument(name="text", label=_("Text"), kind="text")
_REPLY = Argument(
    name="text",
    label=_("Text"),
    kind="text",
    help=_("You may use {customer.name}, {ticket.number}, {ticket.subject}, {department.name}."),
)
_PEOPLE = Argument(name="people", label=_("People"), kind="choices", choices=agents)
_REASON = Argument(name="reason", label=_("Reason"))
_POLICY = Argument(
    name="policy",
    label=_("SLA policy"),
    kind="choice",
    choices=lambda: [(row.pk, row.name) for row in SlaPolicy.objects.active()],
)
_TITLE = Argument(name="title", label=_("Task"))
_OWNERS: list[tuple[str, Any]] = [
    ("assignee", _("the assignee")),
    ("lead", _("the lead of the department")),
]
_OWNER = Argument(
    name="owner",
    label=_("For whom"),
    kind="choice",
    choices=lambda: [*_OWNERS, *((str(pk), name) for pk, name in agents())],
    default="assignee",
)
_TEMPLATE = Argument(
    name="template",
    label=_("Task template"),
    kind="choice",
    choices=lambda: [(row.pk, row.name) for row in TaskTemplate.objects.active()],
)
_HOURS = Argument(name="hours", label=_("Due after hours"), kind="number", is_required=False)


def placeholders(case: Case) -> dict[str, str]:
    """What texts of rules may name; all of it is known to the customer."""
    ticket = case.ticket
    return {
        "customer.name": ticket.customer.display_name,
        "ticket.number": str(ticket.number),
        "ticket.subject": ticket.subject,
        "department.name": ticket.department.name,
        "company.name": options.value("accounts.company_name"),
    }


def _add_tags(case: Case, args: Args) -> Done:
    change_tags(case.ticket, add=args["tags"], actor=case.actor, now=case.now)
    return Done()


def _remove_tags(case: Case, args: Args) -> Done:
    change_tags(case.ticket, remove=args["tags"], actor=case.actor, now=case.now)
    return Done()


def _note(case: Case, args: Args) -> Done:
    text = fill(args["text"], placeholders(case))
    add_note(case.ticket, content=Content(text=text), actor=case.actor, now=case.now)
    return Done()


def _reply(case: Case, args: Args) -> Done:
    """A public message: marked automatic, never in answer to one, under budgets (rules.md 3)."""
    ticket, email = case.ticket, case.ticket.customer.email
    if case.message is not None and case.message.is_automatic:
        return Done(EffectRun.State.NOTHING, _t("The message was automatic."))
    if not email:
        return Done(EffectRun.State.NO_RECIPIENT, _t("The customer has no mail address."))
    if not within_budget(email, ticket=ticket, now=case.now):
        return Done(EffectRun.State.NOTHING, _t("Too many automatic messages within the hour."))
    answer = Answer(
        content=Content(text=fill(args["text"], placeholders(case)), is_markdown=True),
        recipients=default_recipients(ticket),
    )
    reply(ticket, answer=answer, actor=case.actor, now=case.now)
    return Done()


def _watch(case: Case, args: Args) -> Done:
    people = list(User.objects.staff().filter(pk__in=args["people"]))
    if not people:
        return Done(EffectRun.State.NO_RECIPIENT, _t("None of them is active."))
    watch(case.ticket, users=people, actor=case.actor, now=case.now)
    return Done()


def _task(case: Case, args: Args) -> Done:
    hours = args.get("hours")
    create_task(
        case.ticket,
        title=fill(args["title"], placeholders(case)),
        owner=_owner(case, args["owner"]),
        due_at=case.now + timedelta(hours=hours) if hours else None,
        actor=case.actor,
        now=case.now,
    )
    return Done()


def _template_task(case: Case, args: Args) -> Done:
    template = TaskTemplate.objects.active().filter(pk=args["template"]).first()
    if template is None:
        raise EffectFailed(_t("The task template was archived."))
    owner = _owner(case, args["owner"])
    apply_template(case.ticket, template=template, owner=owner, actor=case.actor, now=case.now)
    return Done()


def _owner(case: Case, owner: str) -> User | None:
    if owner == "assignee":
        return case.ticket.assignee
    if owner == "lead":
        return case.ticket.department.lead
    return User.objects.staff().filter(pk=int(owner)).first()


def _pin_policy(case: Case, args: Args) -> Done:
    policy = SlaPolicy.objects.active().filter(pk=args["policy"]).first()
    if policy is None:
        raise EffectFailed(_t("The SLA policy was archived."))
    pin_policy(case.ticket, policy=policy, actor=case.actor, now=case.now)
    return Done()


def _exclude(case: Case, args: Args) -> Done:
    exclude_ticket(case.ticket, reason=args["reason"], actor=case.actor, now=case.now)
    return Done()


def _told(sentence: Any, argument: Argument) -> Any:
    return lambda args: str(sentence) % {"value": argument.words(args.get(argument.name))}


def _quoted(sentence: Any, name: str) -> Any:
    return lambda args: str(sentence) % {"value": shortened(args.get(name, ""))}


def shortened(words: object) -> str:
    """A text as a sentence quotes it: its beginning, and a mark where it goes on."""
    return Truncator(str(words)).chars(80)


for _spec in (
    EffectSpec(
        key="add_tags",
        label=_("Add tags"),
        group=_TICKET,
        tell=_told(_("add the tags %(value)s"), _TAGS),
        arguments=(_TAGS,),
        act=_add_tags,
    ),
    EffectSpec(
        key="remove_tags",
        label=_("Remove tags"),
        group=_TICKET,
        tell=_told(_("remove the tags %(value)s"), _TAGS),
        arguments=(_TAGS,),
        act=_remove_tags,
    ),
    EffectSpec(
        key="watch",
        label=_("Add watchers"),
        group=_TICKET,
        tell=_told(_("let %(value)s watch it"), _PEOPLE),
        arguments=(_PEOPLE,),
        act=_watch,
    ),
    EffectSpec(
        key="create_task",
        label=_("Create a task"),
        group=_TICKET,
        tell=_quoted(_("create the task “%(value)s”"), "title"),
        arguments=(_TITLE, _OWNER, _HOURS),
        act=_task,
    ),
    EffectSpec(
        key="create_template_task",
        label=_("Create a task from a template"),
        group=_TICKET,
        tell=_told(_("create the task of the template %(value)s"), _TEMPLATE),
        arguments=(_TEMPLATE, _OWNER),
        act=_template_task,
    ),
    EffectSpec(
        key="pin_policy",
        label=_("Put under an SLA policy"),
        group=_TICKET,
        tell=_told(_("put it under the SLA policy %(value)s"), _POLICY),
        arguments=(_POLICY,),
        act=_pin_policy,
    ),
    EffectSpec(
        key="exclude_sla",
        label=_("Exclude from SLA"),
        group=_TICKET,
        tell=_quoted(_("give it no deadlines: %(value)s"), "reason"),
        arguments=(_REASON,),
        act=_exclude,
    ),
    EffectSpec(
        key="note",
        label=_("Write an internal note"),
        group=_WORDS,
        tell=_quoted(_("note “%(value)s”"), "text"),
        arguments=(_TEXT,),
        act=_note,
    ),
    EffectSpec(
        key="reply",
        label=_("Send a message to the customer"),
        group=_WORDS,
        tell=_quoted(_("tell the customer “%(value)s”"), "text"),
        arguments=(_REPLY,),
        act=_reply,
    ),
):
    register(_spec)
