"""The keys of the agents' surface (screens.md 2); the registry feeds scripts, help and a test."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.commands import Command, registry

_EVERYWHERE, _LIST, _TICKET = _("Everywhere"), _("Lists"), _("Ticket")

COMMANDS: dict[str, Command] = {
    "desk.help": Command(_("This help"), ("?",), "dialog", "shortcuts", group=_EVERYWHERE),
    "desk.home": Command(_("Go to the start page"), ("g h",), "go", "desk:home", group=_EVERYWHERE),
    "desk.queue": Command(_("Go to the queue"), ("g q",), "go", "desk:queue", group=_EVERYWHERE),
    "desk.clients": Command(
        _("Go to the customers"), ("g u",), "go", "desk:clients", group=_EVERYWHERE
    ),
    "desk.search": Command(_("Search"), ("/",), "reach", "#search", group=_EVERYWHERE),
    "desk.new": Command(_("New ticket"), ("c",), "go", "desk:ticket_add", group=_EVERYWHERE),
    "desk.queue.down": Command(_("Next line"), ("j",), "move", "1", scope="queue", group=_LIST),
    "desk.queue.up": Command(_("Previous line"), ("k",), "move", "-1", scope="queue", group=_LIST),
    "desk.queue.open": Command(
        _("Open the line"), ("o",), "row", "[data-row-link]", scope="queue", group=_LIST
    ),
    "desk.ticket.reply": Command(
        _("Reply"), ("r",), "write", "reply", scope="ticket", group=_TICKET
    ),
    "desk.ticket.note": Command(
        _("Internal note"), ("n",), "write", "note", scope="ticket", group=_TICKET
    ),
    **{
        f"desk.ticket.{name}": Command(
            title, (key,), "reach", f"#property-{name}", scope="ticket", group=_TICKET
        )
        for name, title, key in (
            ("status", _("Status"), "s"),
            ("priority", _("Priority"), "p"),
            ("assignee", _("Assignee"), "a"),
            ("department", _("Department"), "d"),
        )
    },
    "desk.ticket.tags": Command(
        _("Tags"), ("t",), "reach", "#id_tags", scope="ticket", group=_TICKET
    ),
    "desk.tasks": Command(_("Go to the tasks"), ("g t",), "go", "desk:tasks", group=_EVERYWHERE),
    "desk.ticket.snooze": Command(
        _("Snooze"), ("z",), "click", "#snooze-ticket", scope="ticket", group=_TICKET
    ),
    "desk.ticket.take": Command(
        _("Assign to me"), ("i",), "click", "#take-ticket", scope="ticket", group=_TICKET
    ),
    "desk.ticket.close": Command(
        _("Close without a reply, or reopen"),
        ("e",),
        "click",
        "#close-ticket",
        scope="ticket",
        group=_TICKET,
    ),
    "desk.ticket.next": Command(
        _("Next ticket of the view"),
        ("shift+.",),
        "click",
        "#next-ticket",
        scope="ticket",
        group=_TICKET,
    ),
    "desk.ticket.previous": Command(
        _("Previous ticket of the view"),
        ("shift+,",),
        "click",
        "#previous-ticket",
        scope="ticket",
        group=_TICKET,
    ),
}


def register_commands() -> None:
    """Make the keys known; called once when the app is ready."""
    for key, command in COMMANDS.items():
        registry.register(key, command)
