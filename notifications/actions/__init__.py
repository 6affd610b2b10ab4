"""What can be done in the post office; the only writer of its rows."""

from notifications.actions.endpoints import (
    EndpointFacts,
    drop_previous_key,
    known_secrets,
    order_test,
    save_endpoint,
)
from notifications.actions.posting import Letter, notify, notify_each, tell_endpoint
from notifications.actions.preferences import save_preferences
from notifications.actions.reading import forget_old, mark_all_read, mark_read
from notifications.actions.redacting import forget_words
from notifications.actions.texting import receive_text

__all__ = [
    "EndpointFacts",
    "Letter",
    "drop_previous_key",
    "forget_old",
    "forget_words",
    "known_secrets",
    "mark_all_read",
    "mark_read",
    "notify",
    "notify_each",
    "order_test",
    "receive_text",
    "save_endpoint",
    "save_preferences",
    "tell_endpoint",
]
