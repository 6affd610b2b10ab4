"""Addresses of the post office and who gets there."""

from __future__ import annotations

from tests.security.route_rows import (
    DONE_BY_MANAGERS,
    DONE_BY_STAFF,
    MANAGERS,
    REFUSED_TO_MANAGERS,
    STAFF,
    Fields,
    Route,
    named,
    table,
)


def post_office() -> dict[str, Route]:
    """Notifications are everybody's own; services and deliveries are the managers'."""
    typed: dict[str, Fields] = {
        "slack": named(token="xoxb-fresh"),
        "sms": named(account="AC" + "0" * 32, sender="+15005550006", token="fresh"),
        "pagerduty": named(region="eu", routing_key="fresh"),
        "webhook": named(url="https://example.org/hook", key="a fresh signing key"),
    }
    pages: dict[str, Route] = {}
    for kind, fields in typed.items():
        pages |= table(f"integrations_{kind}", f"services.{kind}", fields)
        del pages[f"integrations_{kind}"]  # the list of all kinds is one page
    pages |= table(
        "announcements",
        "services.announcement",
        lambda _: {
            "text": "Fresh",
            "audience": "staff",
            "severity": "1",
            "starts_at": "2026-05-12T10:00",
        },
    )
    own = "302 404 404 404 303 404"
    return pages | {
        "integrations": Route(get=MANAGERS),
        "notification_settings": Route(get=MANAGERS, post=REFUSED_TO_MANAGERS),
        "notifications:inbox": Route(get=STAFF),
        "notifications:bell": Route(get=STAFF),
        "notifications:reading": Route(post=own, at=("notification.pk",)),
        "notifications:reading_all": Route(post=DONE_BY_STAFF),
        "notifications:preferences": Route(
            get=STAFF, post=DONE_BY_STAFF, data=lambda _: {"digest": "daily"}
        ),
        "notifications:deliveries": Route(get=MANAGERS),
        "notifications:sending": Route(post=DONE_BY_MANAGERS, at=("notice.pk",)),
        "notifications:test": Route(post=DONE_BY_MANAGERS, at=("services.webhook.pk",)),
        "notifications:key_removal": Route(post=DONE_BY_MANAGERS, at=("services.webhook.pk",)),
        # Unsigned, whoever asks.
        "sms_hook": Route(post="403 403 403 403 403 403", at=("services.sms.slug",)),
    }
