"""What is to be told, before it is known to whom and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One piece of news; `kind` is a key of `notice_kinds`.

    The title is one line and never holds text of notes (X-37); `url` is a path on our site;
    `about` ("ticket:123") names what it is about; urgent ones pass quiet hours and digests.
    """

    kind: str
    title: str
    body: str = ""
    url: str = ""
    about: str = ""
    is_urgent: bool = False
    mail_reply_to: str = ""
    mail_headers: Mapping[str, str] = field(default_factory=dict)
