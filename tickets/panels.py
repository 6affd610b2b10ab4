"""What the ticket domain adds to core's registries: colours, the search sweep, files in use."""

from __future__ import annotations

from collections.abc import Iterator

from core import registries
from core.registries import ThemeColour
from tickets.models import Attachment, Priority, Status
from tickets.search import write_stale_documents


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
    return Attachment.objects.values_list("sha256", flat=True).distinct().iterator()


registries.theme_colours.register("tickets.statuses", status_colours)
registries.theme_colours.register("tickets.priorities", priority_colours)
registries.sweeps.register("tickets.search", write_stale_documents)
registries.referenced_digests.register("tickets.attachments", digests_in_use)
