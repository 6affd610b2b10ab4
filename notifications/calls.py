"""What providers ask for and what came of it, without talking to anybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from django.utils.translation import gettext as _

from core.http import Answer

SERVER_FAULT, TOO_MANY, TIMED_OUT = 500, 429, 408
MAX_PAUSE = timedelta(days=1)
SHOWN = 200


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request to a provider."""

    url: str
    content: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Taken, to be tried again (not before `pause`), or refused for good; `words` say why."""

    state: Literal["sent", "retry", "failed"]
    words: str = ""
    pause: timedelta = timedelta(0)
    reference: str = ""
    is_opt_out: bool = False
    is_unreachable: bool = False


# Asks the other side; raises core.http's FetchFailed and FetchRefused.
Ask = Callable[[Call], Answer]


def sent(reference: str = "") -> Outcome:
    return Outcome(state="sent", reference=reference[:SHOWN])


def failed(words: str) -> Outcome:
    return Outcome(state="failed", words=words)


def judged(answer: Answer, words: str = "") -> Outcome:
    """The outcome of an answer that is no success; `words` are the provider's reason, made plain.

    Faults of the other side and "too many" are tried again, the latter when the other side wants.
    """
    reason = words or _("The service answered %(status)d.") % {"status": answer.status}
    if answer.status >= SERVER_FAULT or answer.status in (TOO_MANY, TIMED_OUT):
        return Outcome(state="retry", words=reason, pause=retry_after(answer))
    return failed(reason)


def retry_after(answer: Answer) -> timedelta:
    """The pause the other side asks for in seconds (RFC 9110 10.2.3), at most a day."""
    text = answer.headers.get("retry-after", "").strip()
    seconds = int(text) if text.isascii() and text.isdigit() and len(text) < SHOWN else 0
    return min(timedelta(seconds=min(seconds, 10**6)), MAX_PAUSE)
