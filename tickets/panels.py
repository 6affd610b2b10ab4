"""What the ticket domain adds to core's registries: colours, the search sweep, files in use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core import registries
from core.registries import Impact, NavItem, ThemeColour, Usage
from core.sweeping import seldom
from tickets import attachment_text, expiries, promises, resettling, verify, work_due
from tickets import incidents as _incidents  # noqa: F401 -- registers the work of an incident
from tickets import scheduled as _scheduled  # noqa: F401 -- registers what is sent later
from tickets import timed as _timed  # noqa: F401 -- registers what happens at a time
from tickets import timed_promises as _timed_promises  # noqa: F401 -- as below
from tickets.custom_fields import usage as _answers  # noqa: F401 -- registers who answers a field
from tickets.guests import forget_dead_links
from tickets.models import Attachment, PredefinedFile, Priority, Status, Ticket
from tickets.search import write_stale_documents

HOUR = timedelta(hours=1)


def status_colours() -> list[ThemeColour]:
    """A class for each status, archived ones included: closed tickets still show them."""
    rows = Status.objects.values_list("pk", "color")
    return [ThemeColour(f".status-{pk}", colour) for pk, colour in rows]


def priority_colours() -> list[ThemeColour]:
    """A class for each priority."""
    rows = Priority.objects.values_list("pk", "color")
    return [ThemeColour(f".priority-{pk}", colour) for pk, colour in rows]


def digests_in_use() -> Iterator[str]:
    """Every file that some message carries."""
    return Attachment.objects.kept().values_list("sha256", flat=True).distinct().iterator()


def digests_of_replies() -> Iterator[str]:
    """Every file that goes out with a predefined reply."""
    return PredefinedFile.objects.values_list("sha256", flat=True).distinct().iterator()


registries.theme_colours.register("tickets.statuses", status_colours)
registries.theme_colours.register("tickets.priorities", priority_colours)
registries.sweeps.register("tickets.files", attachment_text.read_waiting)
registries.sweeps.register(
    "tickets.unused_words",
    seldom("tickets.unused_words", every=HOUR)(attachment_text.forget_unused),
)
registries.health_checks.register("tickets.files", attachment_text.unread_files)
registries.sweeps.register("tickets.search", write_stale_documents)
registries.sweeps.register(
    "tickets.guests", seldom("tickets.guests", every=HOUR)(forget_dead_links)
)
registries.audit_labels.register("redacted", _("redacted"))
registries.sweeps.register(
    "tickets.expiries", seldom("tickets.expiries", every=HOUR)(expiries.tell_expiries)
)
registries.sweeps.register("tickets.timers", work_due.stop_forgotten_timers)
registries.referenced_digests.register("tickets.attachments", digests_in_use)
registries.referenced_digests.register("tickets.predefined", digests_of_replies)


def _usage(field: str, model: str) -> None:
    """How many tickets use a row of a settings table."""

    def counts(pks: list[Any]) -> dict[Any, int]:
        rows = Ticket.objects.filter(**{f"{field}_id__in": pks}).order_by()
        return dict(rows.values_list(f"{field}_id").annotate(count=Count("pk")))

    def words(count: int) -> str:
        return ngettext("%(n)s ticket", "%(n)s tickets", count) % {"n": count}

    registries.usage_counts.register(f"tickets.{field}", Usage(model, counts, words))


def _settings_link(label: Any, url_name: str, icon: str, order: int) -> None:
    link = NavItem(label, url_name, icon, "settings.change", order, "settings", group=_("Tickets"))
    registries.nav.register(url_name, link)


for field, model in (
    ("status", "tickets.status"),
    ("priority", "tickets.priority"),
    ("service", "tickets.service"),
    ("department", "accounts.department"),
):
    _usage(field, model)
registries.impact_previews.register(
    "tickets.status", Impact("tickets.status", resettling.preview_status)
)
registries.verify_checks.register("tickets.promises", promises.check_promises)
registries.verify_checks.register("tickets.columns", verify.check_columns)
registries.verify_checks.register("tickets.times", verify.check_times)
registries.verify_checks.register("tickets.counts", verify.check_counts)
registries.verify_checks.register("tickets.documents", verify.check_documents)
registries.verify_checks.register("tickets.history", verify.check_history)
registries.verify_checks.register("tickets.merges", verify.check_merges)
registries.verify_checks.register("tickets.files", verify.check_files)
_settings_link(_("Statuses"), "statuses", "circle-dot", 20)
_settings_link(_("Priorities"), "priorities", "signal", 21)
_settings_link(_("Services"), "services", "tag", 22)
registries.nav.register(
    "predefined_replies",
    NavItem(
        _("Predefined replies"),
        "predefined_replies",
        "messages-square",
        order=23,
        place="settings",
        group=_("Tickets"),
        also=("/admin/predefined_replies/",),
    ),
)
_settings_link(_("Custom fields"), "custom_fields", "list-checks", 23)
_settings_link(_("Task templates"), "task_templates", "list-checks", 26)
_settings_link(_("Covers that end"), "warranty_settings", "shield-check", 27)
