"""What may have been meant by words that find nothing."""

from __future__ import annotations

from difflib import get_close_matches

from tickets.models import Tag

MAX_TAGS = 2_000
SHOWN = 3


def tags_like(text: str) -> list[str]:
    """Tags written nearly as `text`."""
    names = {
        name.casefold(): name for name in Tag.objects.values_list("name", flat=True)[:MAX_TAGS]
    }
    near = get_close_matches(text.casefold(), names, n=SHOWN, cutoff=0.7)
    return [names[word] for word in near]
