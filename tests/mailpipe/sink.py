"""An SMTP server whose answers a test decides, and which keeps what it took."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class Taken:
    """One mail the sink said yes to, or dropped the connection after."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=default)

    @property
    def text(self) -> str:
        return self.mail.get_body(("plain",)).get_content().replace("\r\n", "\n")

    @property
    def html(self) -> str:
        return self.mail.get_body(("html",)).get_content().replace("\r\n", "\n")


@dataclass
class Sink:
    """`answers` are given to DATA in turn, then 250; `refused` maps recipients to answers.

    "drop" hangs up after DATA, "hang" answers nothing.
    """

    taken: list[Taken] = field(default_factory=list)
    answers: deque[str] = field(default_factory=deque)
    refused: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 -- aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        answer = self.answers.popleft() if self.answers else "250 OK"
        mail = Taken(envelope.mail_from or "", list(envelope.rcpt_tos), envelope.content or b"")
        if answer == "hang":
            await asyncio.sleep(60)
        if answer == "drop":
            self.taken.append(mail)
            server.transport.abort()
            return "250 OK"
        if answer.startswith("2"):
            self.taken.append(mail)
        return answer


class SinkServer:
    """The sink on a port of its own."""

    def __init__(self, port: int = 0) -> None:
        self.sink = Sink()
        self.port = port or free_port()
        self._controller = Controller(
            self.sink, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=True
        )

    def start(self) -> Sink:
        self._controller.start()
        return self.sink

    def stop(self) -> None:
        self._controller.stop()

    @property
    def smtp(self) -> dict[str, object]:
        """Settings that lead here."""
        return {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": self.port}


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
