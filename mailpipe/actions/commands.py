"""Doing what the first line of a proved agent's mail asks for (R33)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from mailpipe.actions.notes import write_note
from mailpipe.staff_commands import AssignCommand, named, read_command
from tickets.actions import assign_ticket
from tickets.actors import Actor
from tickets.content import Content
from tickets.models import Message, Ticket
from tickets.permissions import assignable_users


def obey(
    ticket: Ticket,
    *,
    content: Content,
    write: Callable[[Content], Message],
    actor: Actor,
    now: datetime,
) -> Message:
    """Write the mail without its command, then assign; a note tells what was wrong with it.

    A mail that is nothing but the command is no answer to anybody: the note alone is written.
    """
    command = read_command(content.text)
    if command is None:
        return write(content)
    # The command stands in the HTML as well, where no line can be cut out safely.
    rest = replace(content, text=command.rest, html="")
    says_something = bool(command.rest.strip()) or bool(content.files)
    message = write(rest) if says_something else None
    note = _assign(message.ticket if message else ticket, command, actor=actor, now=now)
    return message or note


def _assign(ticket: Ticket, command: AssignCommand, *, actor: Actor, now: datetime) -> Message:
    found = named(assignable_users(ticket.department_id), command.name)
    if len(found) == 1:
        assign_ticket(ticket, assignee=found[0], actor=actor, now=now)
        words = _("%(name)s assigned the ticket to %(assignee)s by mail.")
        facts = {"name": actor.name, "assignee": found[0].display_name}
        return write_note(ticket, words % facts, now=now)
    return write_note(ticket, _problem(command.name, found, ticket), now=now)


def _problem(name: str, found: list[User], ticket: Ticket) -> str:
    if found:
        words = _("“#assign %(name)s” may mean several people: %(people)s. Nothing was assigned.")
        people = ", ".join(f"{user.display_name} <{user.email}>" for user in found)
        return words % {"name": name, "people": people}
    words = _("“#assign %(name)s”: nobody in %(department)s has this name. Nothing was assigned.")
    return words % {"name": name, "department": ticket.department.name}
