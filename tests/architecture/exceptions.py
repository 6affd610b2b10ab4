"""The reviewed exceptions of test_bans.py: where, how often, and why it is no hole."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reviewed:
    path: str
    ban: str
    count: int
    reason: str


EXCEPTIONS = (
    Reviewed("api/gate.py", "csrf_exempt", 2, "a key opens, no cookie does; one only says 404"),
    Reviewed("core/icons.py", "SafeString", 2, "drawings of our own file and table, never input"),
    Reviewed("core/markdown.py", "mark_safe", 1, "sanitised in the same expression"),
    Reviewed("core/quick_html.py", "SafeString", 1, "each value is escaped in the same expression"),
    Reviewed("core/sanitiser.py", "mark_safe", 1, "every piece was escaped by _linked"),
    Reviewed("desk/queue.py", "built SQL", 1, "joins statements compiled by the ORM"),
    Reviewed("mailpipe/bounce_signs.py", "pattern of text", 1, "phrases of this module only"),
    Reviewed("mailpipe/composition.py", "SafeString", 1, "sanitised when it came in"),
    Reviewed("mailpipe/tokens.py", "pattern of text", 2, "escaped words of this module and labels"),
    Reviewed("notifications/views/hooks.py", "csrf_exempt", 1, "each request is signed by Twilio"),
    Reviewed("tickets/searching/passages.py", "pattern of text", 1, "escaped words, letters only"),
    Reviewed("tickets/showing.py", "mark_safe", 1, "sanitised when it came in, or just now"),
)
