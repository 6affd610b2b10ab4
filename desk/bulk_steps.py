"""The steps of the bulk bar: what each asks for, and what it does to one ticket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Department, User
from automation.macros import Wish, macros_for, preview
from desk.macros import tried
from tickets import actions
from tickets.actions import Changes
from tickets.actors import Actor
from tickets.bulk import TAGS, UNDO, Act, Deed
from tickets.content import Content
from tickets.models import BulkRun, BulkRunTicket, Priority, Status, Ticket
from tickets.permissions import may_delete, may_work

Choices = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class BulkStep:
    """One step: its name, the fields of the form it needs, those of the ticket it is about."""

    label: Any
    needs: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    act: Callable[[Choices, User], Act]


def deed_of(run: BulkRun, user: User) -> Deed:
    """What the run does to each of its tickets, on behalf of who started it."""
    if run.step == UNDO:
        return Deed(act=_put_back(user), tickets=Ticket.objects.alive().filter(merged_into=None))
    step = STEPS[run.step]
    tickets = Ticket.objects.visible_to(user).filter(merged_into=None)
    return Deed(act=step.act(run.wish, user), tickets=tickets, fields=step.fields)


def _put_back(user: User) -> Act:
    actor = Actor.of_user(user)

    def act(ticket: Ticket, row: BulkRunTicket, now: datetime) -> str:
        # What left the departments of this person by the very step that is undone comes back;
        # what somebody else moved away since is not theirs any more.
        if "department" not in row.before and not may_work(user, ticket):
            raise ValidationError(_("There is no such ticket for you."))
        actions.put_back(ticket, row=row, actor=actor, now=now)
        return ""

    return act


def _change(name: str, model: Any) -> Callable[[Choices, User], Act]:
    """Sets one field of the ticket to the chosen row."""

    def chosen(choices: Choices, user: User) -> Act:
        pk = choices[name]
        value: dict[str, Any] = {name: None if pk is None else model.objects.get(pk=pk)}
        changes, actor = Changes(**value), Actor.of_user(user)

        def act(ticket: Ticket, _row: BulkRunTicket, now: datetime) -> str:
            actions.change_ticket(ticket, changes=changes, actor=actor, now=now)
            return ""

        return act

    return chosen


def _hand_over(choices: Choices, user: User) -> Act:
    """Another department with the note its people need (R182); none where it is there already."""
    department = Department.objects.get(pk=choices["department"])
    content, actor = Content(text=choices["note"], is_markdown=True), Actor.of_user(user)

    def act(ticket: Ticket, _row: BulkRunTicket, now: datetime) -> str:
        if ticket.department_id != department.pk:
            changes = Changes(department=department)
            actions.hand_over(ticket, content=content, changes=changes, actor=actor, now=now)
        return ""

    return act


def _tag(parameter: str) -> Callable[[Choices, User], Act]:
    def chosen(choices: Choices, user: User) -> Act:
        names, actor = {parameter: choices["tags"]}, Actor.of_user(user)

        def act(ticket: Ticket, _row: BulkRunTicket, now: datetime) -> str:
            actions.change_tags(ticket, **names, actor=actor, now=now)
            return ""

        return act

    return chosen


def _plain(action: Callable[..., Ticket]) -> Callable[[Choices, User], Act]:
    """An action without choices."""

    def chosen(_choices: Choices, user: User) -> Act:
        actor = Actor.of_user(user)

        def act(ticket: Ticket, _row: BulkRunTicket, now: datetime) -> str:
            action(ticket, actor=actor, now=now)
            return ""

        return act

    return chosen


def _delete(_choices: Choices, user: User) -> Act:
    actor = Actor.of_user(user)

    def act(ticket: Ticket, _row: BulkRunTicket, now: datetime) -> str:
        if not may_delete(user, ticket):
            raise ValidationError(_("Your role does not allow to delete tickets."))
        actions.delete_ticket(ticket, actor=actor, now=now)
        return ""

    return act


def _macro(choices: Choices, user: User) -> Act:
    """A text goes into the composer, unless the macro says that it is sent at once."""
    macro = next((rule for rule in macros_for(user) if rule.id == choices["macro"]), None)

    def act(ticket: Ticket, _row: BulkRunTicket, now: datetime) -> str:
        if macro is None:
            raise ValidationError(_("This macro is not in use any more."))
        shown = preview(macro, ticket, user, now=now)
        wish = Wish(text=shown.text, sends=shown.sends, seen=ticket.last_message_id)
        words, is_done = tried(macro, ticket, user=user, wish=wish, now=now)
        if not is_done:
            raise ValidationError(words)
        return words

    return act


def _merge(choices: Choices, user: User) -> Act:
    """Every chosen ticket becomes part of the one that is kept; each can be taken out again."""
    kept, actor = Ticket.objects.get(pk=choices["into"]), Actor.of_user(user)

    def act(ticket: Ticket, _row: BulkRunTicket, now: datetime) -> str:
        if ticket.pk == kept.pk:
            return _("The others become part of this one.")
        actions.merge_tickets(kept, others=[ticket], actor=actor, now=now)
        return _("Part of #%(number)s now.") % {"number": kept.number}

    return act


MERGE: Final = "merge"
_CLOSED: Final = ("status",)
STEPS: Final[dict[str, BulkStep]] = {
    "assignee": BulkStep(
        label=gettext_lazy("Assign"),
        needs=("assignee",),
        fields=("assignee",),
        act=_change("assignee", User),
    ),
    "status": BulkStep(
        label=gettext_lazy("Set the status"),
        needs=("status",),
        fields=_CLOSED,
        act=_change("status", Status),
    ),
    "priority": BulkStep(
        label=gettext_lazy("Set the priority"),
        needs=("priority",),
        fields=("priority",),
        act=_change("priority", Priority),
    ),
    "department": BulkStep(
        label=gettext_lazy("Hand over to a department"),
        needs=("department", "note"),
        fields=("department", "assignee", "handover"),
        act=_hand_over,
    ),
    "add_tags": BulkStep(
        label=gettext_lazy("Add tags"), needs=(TAGS,), fields=(TAGS,), act=_tag("add")
    ),
    "remove_tags": BulkStep(
        label=gettext_lazy("Remove tags"), needs=(TAGS,), fields=(TAGS,), act=_tag("remove")
    ),
    "macro": BulkStep(label=gettext_lazy("Apply a macro"), needs=("macro",), act=_macro),
    "close": BulkStep(
        label=gettext_lazy("Close"), fields=_CLOSED, act=_plain(actions.close_ticket)
    ),
    "spam": BulkStep(
        label=gettext_lazy("Mark as spam"), fields=("is_spam",), act=_plain(actions.mark_spam)
    ),
    "no_spam": BulkStep(
        label=gettext_lazy("Bring back from spam"),
        fields=("is_spam",),
        act=_plain(actions.unmark_spam),
    ),
    MERGE: BulkStep(label=gettext_lazy("Merge into one"), act=_merge),
    "delete": BulkStep(label=gettext_lazy("Delete"), act=_delete),
}
