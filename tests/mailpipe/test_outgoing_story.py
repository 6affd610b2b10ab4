"""The whole story: a mail is piped in, an agent answers, the customer answers back."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from mailpipe.dispatch import send_due
from mailpipe.drain import drain
from mailpipe.models import InboundMail
from tests.factories import make_note, make_reply
from tests.mailpipe.letters import letter
from tests.mailpipe.sink import Taken
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
REPOSITORY = Path(__file__).resolve().parents[2]


def pipe(raw: bytes, recipient: str) -> None:
    """What the mail server does, in a process that knows neither settings nor database."""
    done = subprocess.run(
        [sys.executable, "manage.py", "mailpipe", "--recipient", recipient],
        input=raw,
        cwd=REPOSITORY,
        env={"MAIL_SPOOL": str(django_settings.MAIL_SPOOL), "PATH": os.environ["PATH"]},
        check=True,
        timeout=20,
    )
    assert done.returncode == 0


def answer_to(received: Taken, text: str) -> bytes:
    """As mail programs answer: to Reply-To, with the thread's headers and the old text quoted."""
    quoted = "\r\n".join(f"> {line}" for line in received.text.splitlines())
    return letter(
        f"{text}\r\n\r\nOn Mon, 16 Nov 2026 at 10:00, Technical <tech@company.example> wrote:\r\n{quoted}",
        To=received.mail["Reply-To"],
        Subject=f"Re: {received.mail['Subject']}",
        In_Reply_To=received.mail["Message-ID"],
        References=received.mail["Message-ID"],
    )


def test_mail_answer_and_answer_back_are_one_ticket(ada, technical, sink):
    pipe(letter("The boiler is cold."), "tech@company.example")
    drain()
    send_due()
    receipt = sink.taken[0]
    ticket = Ticket.objects.get()
    make_note(ticket, ada, "CANARY They never pay.")
    make_reply(ticket, ada, "Please press **reset**.")
    send_due(now=lambda: timezone.now() + timedelta(minutes=1))
    reply = sink.taken[1]
    assert reply.recipients == receipt.recipients == ["cleo@harbour.example"]

    pipe(answer_to(reply, "It works, thank you!"), reply.mail["Reply-To"])
    drain()
    assert [row.outcome for row in InboundMail.objects.order_by("pk")] == ["ticket", "reply"]
    thread = list(ticket.messages.order_by("pk"))
    assert [message.kind for message in thread] == ["inbound", "note", "reply", "inbound"]
    assert thread[3].text.strip() == "It works, thank you!"
    assert "press **reset**" in thread[3].quoted_text
    assert not thread[3].is_unverified
    assert not any(b"CANARY" in mail.content for mail in sink.taken)
    send_due(now=lambda: timezone.now() + timedelta(minutes=5))
    assert len(sink.taken) == 2, "an answer gets no second confirmation"
