"""Taking words out of news that were told already."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from notifications.models import NoticeDelivery, Notification


@transaction.atomic
def forget_words(about: str, *, is_told: Callable[[str, str], bool]) -> int:
    """Blank the bodies about one thing for which `is_told(key, body)`; returns how many.

    The titles stay: who was told, and when.
    """
    return sum(
        _forget(model, column, about, is_told)
        for model, column in ((Notification, "key"), (NoticeDelivery, "idempotency_key"))
    )


def _forget(
    model: type[Notification | NoticeDelivery],
    column: str,
    about: str,
    is_told: Callable[[str, str], bool],
) -> int:
    rows = model._default_manager.filter(about=about).exclude(body="")
    told = [pk for pk, key, body in rows.values_list("pk", column, "body") if is_told(key, body)]
    return model._default_manager.filter(pk__in=told).update(body="")
