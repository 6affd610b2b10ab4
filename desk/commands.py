"""The keys of the agents' surface (screens.md 2); the registry feeds scripts, help and a test."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.commands import EVERYWHERE, Command, Do, registry

_EVERYWHERE, _LIST, _TICKET = _("Everywhere"), _("Lists"), _("Ticket")
_WRITING, _SELECTED = _("Writing"), _("Selected tickets")
QUEUE, TICKET = "queue", "ticket"


def _at(scope: str, group: Any) -> Any:
    """Commands of the pages of `scope`, shown under `group` in the help dialog."""

    def command(title: Any, keys: str, do: Do, to: str) -> Command:
        return Command(title, (keys,) if keys else (), do, to, scope=scope, group=group)

    return command


_anywhere, _list, _on_ticket = _at(EVERYWHERE, _EVERYWHERE), _at(QUEUE, _LIST), _at(TICKET, _TICKET)
_writing, _selected = _at(TICKET, _WRITING), _at(QUEUE, _SELECTED)

COMMANDS: dict[str, Command] = {
    "desk.palette": _anywhere(_("Command palette"), "mod+k", "dialog", "palette"),
    "desk.help": _anywhere(_("This help"), "?", "dialog", "shortcuts"),
    "desk.search": _anywhere(_("Search"), "/", "reach", "#search"),
    "desk.new": _anywhere(_("New ticket"), "c", "go", "desk:ticket_add"),
    "desk.queue": _anywhere(_("Go to the queue"), "g q", "go", "desk:queue"),
    "desk.tasks": _anywhere(_("Go to the tasks"), "g t", "go", "desk:tasks"),
    "desk.whatsapp": _anywhere(_("Go to WhatsApp"), "g w", "go", "whatsapp:inbox"),
    "desk.chats": _anywhere(_("Go to the chats"), "g c", "go", "desk:chats"),
    "desk.knowledge": _anywhere(_("Go to the knowledge base"), "g k", "go", "knowledge:home"),
    "desk.home": _anywhere(_("Go to the start page"), "g h", "go", "desk:home"),
    "desk.clients": _anywhere(_("Go to the customers"), "g u", "go", "desk:clients"),
    "desk.queue.down": _list(_("Next line"), "j", "move", "1"),
    "desk.queue.up": _list(_("Previous line"), "k", "move", "-1"),
    "desk.queue.open": _list(_("Open the line"), "o", "row", "[data-row-link]"),
    "desk.queue.take": _selected(_("Assign to me"), "i", "click", "#bulk-take"),
    "desk.queue.select": _selected(_("Select the line"), "x", "select", "row"),
    "desk.queue.range": _selected(_("Select up to here"), "shift+x", "select", "range"),
    "desk.queue.page": _selected(_("Select the whole page"), "* a", "select", "page"),
    "desk.ticket.reply": _on_ticket(_("Reply"), "r", "write", "reply"),
    "desk.ticket.note": _on_ticket(_("Internal note"), "n", "write", "note"),
    "desk.ticket.forward": _on_ticket(_("Forward"), "f", "write", "forward"),
    "desk.ticket.pick": _writing(_("Predefined reply"), "/", "pick", "replies"),
    "desk.ticket.send": _writing(_("Send"), "mod+Enter", "send", "default"),
    "desk.ticket.send_close": _writing(_("Send and close"), "mod+shift+Enter", "send", "close"),
    "desk.ticket.take": _on_ticket(_("Assign to me"), "i", "click", "#take-ticket"),
    "desk.ticket.snooze": _on_ticket(_("Snooze"), "z", "click", "#snooze-ticket"),
    "desk.ticket.escalate": _on_ticket(_("Escalate"), "shift+e", "click", "#escalate-ticket"),
    "desk.ticket.merge": _on_ticket(_("Merge"), "m", "click", "#merge-ticket"),
    "desk.ticket.close": _on_ticket(
        _("Close without a reply, or reopen"), "e", "click", "#close-ticket"
    ),
    "desk.ticket.next": _on_ticket(
        _("Next ticket of the view"), "shift+.", "click", "#next-ticket"
    ),
    "desk.ticket.previous": _on_ticket(
        _("Previous ticket of the view"), "shift+,", "click", "#previous-ticket"
    ),
    "desk.ticket.down": _on_ticket(_("Next line of the list beside"), "j", "move", "1"),
    "desk.ticket.up": _on_ticket(_("Previous line of the list beside"), "k", "move", "-1"),
    "desk.ticket.tags": _on_ticket(_("Tags"), "t", "reach", "#id_tags"),
    **{
        f"desk.{scope}.{name}": make(title, key, do, f"#{prefix}-{name}")
        for name, title, key in (
            ("status", _("Status"), "s"),
            ("priority", _("Priority"), "p"),
            ("assignee", _("Assignee"), "a"),
            ("department", _("Department"), "d"),
        )
        for scope, make, do, prefix in (
            (TICKET, _on_ticket, "reach", "property"),
            (QUEUE, _selected, "click", "bulk"),
        )
    },
    "desk.queue.tags": _selected(_("Tags"), "t", "click", "#bulk-tags"),
}
# Offered by the palette only.
KEYLESS: dict[str, Command] = {
    "desk.checklist": Command(
        _("First steps of a new installation"),
        (),
        "go",
        "desk:checklist",
        permission="settings.change",
    ),
    "desk.queue.columns": _list(_("Choose columns"), "", "click", "#view-columns"),
    "desk.queue.save_view": _list(_("Save this view"), "", "click", "#save-view"),
    "desk.ticket.split": _on_ticket(_("Split into a new ticket"), "", "click", "#split-ticket"),
    "desk.ticket.print": _on_ticket(_("Print"), "", "click", "#print-ticket"),
    "desk.ticket.time": _on_ticket(_("Start or stop the clock"), "", "click", "#start-time"),
    "desk.ticket.task": _on_ticket(_("Add a task"), "", "click", "#add-task"),
    "desk.ticket.appointment": _on_ticket(
        _("Make an appointment"), "", "click", "#add-appointment"
    ),
    "desk.ticket.promise": _on_ticket(_("Promise an answer"), "", "click", "#add-promise"),
}


def register_commands() -> None:
    """Make the keys known; called once when the app is ready."""
    for key, command in {**COMMANDS, **KEYLESS}.items():
        registry.register(key, command)
