"""What strangers try by mail, one test a case (trust.md X-01 to X-12, X-59)."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from base64 import b64encode
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from core import files, options
from mailpipe.dispatch import send_due
from mailpipe.drain import drain
from mailpipe.models import InboundMail, OutgoingMail
from portal import traps
from tests.factories import make_reply, make_ticket
from tests.mailpipe.letters import FORGED, letter, receive
from tests.mailpipe.sink import Taken
from tests.mailpipe.test_drain import REPOSITORY, pipe, spooled
from tickets.actions import release_message
from tickets.actors import Actor
from tickets.models import Ticket, TicketLink

pytestmark = pytest.mark.django_db
ZEROS = b"\0" * 20_000_000


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


@pytest.fixture
def sent(ada, ticket, sink) -> OutgoingMail:
    """Our answer, as it arrived at Cleo's."""
    make_reply(ticket, ada)
    send_due(now=lambda: timezone.now() + timedelta(minutes=1))
    return OutgoingMail.objects.get()


def answered(ticket: Ticket, user, sink) -> Taken:
    """What leaves when an agent answers."""
    make_reply(ticket, user)
    send_due(now=lambda: timezone.now() + timedelta(minutes=2))
    return sink.taken[-1]


def with_file(content: bytes, kind: str, name: str, **headers: str) -> bytes:
    return letter(
        "--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n"
        f"--b\r\nContent-Type: {kind}; name={name}\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{b64encode(content).decode()}\r\n--b--",
        Content_Type='multipart/mixed; boundary="b"',
        **headers,
    )


def raw_bytes(mail: InboundMail) -> bytes:
    with files.open_compressed(mail.stored_as) as file:
        return file.read()


def test_x01_forged_customer_adds_nobody_and_learns_nothing(ticket, settings):
    settings.MAIL_AUTHSERV_ID = "mx.company.example"
    mail = receive(
        Subject=f"[Ticket ID: {ticket.number}]",
        Cc="evil@evil.example",
        Authentication_Results=FORGED,
    )
    assert mail.ticket == ticket
    assert mail.message.is_unverified
    assert not ticket.followers.exists()
    assert not OutgoingMail.objects.exists()


def test_x01_answer_to_a_forged_mail_never_reaches_the_forgers_copy(ticket, ada, settings, sink):
    settings.MAIL_AUTHSERV_ID = "mx.company.example"
    receive(
        Subject=f"[Ticket ID: {ticket.number}]",
        Cc="evil@evil.example",
        Reply_To="evil@evil.example",
        Authentication_Results=FORGED,
    )
    assert answered(ticket, ada, sink).recipients == ["cleo@harbour.example"]


def test_x02_stranger_with_the_tag_opens_a_ticket_that_mentions_it(ticket):
    mail = receive(Subject=f"Re: [Ticket ID: {ticket.number}]", From="Eve <eve@evil.example>")
    assert mail.outcome == "ticket"
    assert mail.ticket != ticket
    link = TicketLink.objects.get(source=mail.ticket)
    assert (link.target, link.kind) == (ticket, "mentions")
    assert ticket.messages.count() == 1


def test_x03_forwarded_reply_address_waits_for_an_agent(sent, ticket, ada):
    mail = receive(recipient=sent.reply_to, From="Eve <eve@evil.example>", Cc="x@evil.example")
    message = mail.message
    assert mail.ticket == ticket
    assert message.is_held
    assert message.author_email == "eve@evil.example"
    assert ticket.customer.email == "cleo@harbour.example"
    assert not ticket.followers.exists()
    assert message not in ticket.messages.all().public()
    release_message(message, actor=Actor.of_user(ada), now=timezone.now())
    assert message in ticket.messages.all().public()


def test_x04_code_of_another_service_is_not_echoed_to_anybody(technical, sink):
    """Accounts elsewhere that were made with our address are not confirmed through us."""
    receive(
        letter(
            "Your code is CANARY-123. https://service.example/CANARY",
            From="Accounts CANARY <accounts@service.example>",
            Subject="CANARY-123 is your code",
            Reply_To="thief@evil.example",
        )
    )
    send_due()
    assert not any(b"CANARY" in mail.content for mail in sink.taken)
    assert {to for mail in sink.taken for to in mail.recipients} <= {"accounts@service.example"}


def test_x05_hundred_forms_mail_their_victim_five_times_in_our_words(technical, sink):
    for option in ("portal.form_per_network", "portal.form_per_email"):
        options.set_value(option, 1_000, actor=None, now=timezone.now())
    shown_at = traps.stamp(now=timezone.now() - timedelta(minutes=1))
    words = {"name": "CANARY", "message": "CANARY http://evil.example", "shown_at": shown_at}
    facts = {"email": "vic@victim.example", "department": technical.pk, "consent": "on"}
    for n in range(100):
        answer = Client().post("/forms/ticket", facts | words | {"subject": f"CANARY {n}"})
        assert answer.status_code == 303
    send_due()
    assert len(sink.taken) == 5
    for mail in sink.taken:
        assert mail.recipients == ["vic@victim.example"]
        assert "received your support request" in mail.mail["Subject"]
        assert b"CANARY" not in mail.content
        assert b"evil" not in mail.content


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<crew.harbour.example>"},
        {"Return_Path": "<>"},
        {"From": "tech@company.example"},
        {"From": "Tech+x <TECH+x@company.example>"},
    ],
)
def test_x06_programs_lists_and_ourselves_get_no_receipt(headers, technical):
    receive(**headers)
    assert not OutgoingMail.objects.exists()


def test_x06_null_return_path_of_the_envelope_gets_no_receipt(technical):
    receive(sender="<>")
    assert not OutgoingMail.objects.exists()


def test_x06_own_mail_that_comes_back_gets_no_receipt(sent, ticket):
    receive(Message_ID=sent.identifier)
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize(
    "name",
    [
        '"A\r\n Bcc: v@victim.example"',
        "=?utf-8?q?A=0D=0ABcc=3A_v=40victim.example=0D=0A=0D=0Abody?=",
        "=?utf-8?b?QQpCY2M6IHZAdmljdGltLmV4YW1wbGU=?=",
        '"A\r\n\tB\r\n C"',
        "\u202eelpmaxe\u202c \u2066A\u2069",
        "A\x00\x0b\x85B",
    ],
)
def test_x07_name_of_the_sender_breaks_no_header_of_ours(name, technical, ada, sink):
    ticket = receive(From=f"{name} <cleo@harbour.example>").ticket
    taken = answered(ticket, ada, sink)
    head = taken.content.partition(b"\r\n\r\n")[0].decode()
    assert taken.recipients == ["cleo@harbour.example"]
    assert taken.mail["Bcc"] is None
    assert not any(line.lower().startswith("bcc") for line in head.splitlines())
    assert not any(
        mark in f"{taken.mail['To']}{taken.mail['Subject']}" for mark in "\u202e\u2066\0"
    )


@pytest.mark.parametrize("name", ['"a@b.example, evil@x.example"', "a@b.example, evil@x.example"])
def test_x08_name_that_looks_like_addresses_is_one_recipient(name, technical, ada, sink):
    ticket = receive(From=f"{name} <cleo@harbour.example>", sender="cleo@harbour.example").ticket
    assert not ticket.followers.exists()
    assert len(answered(ticket, ada, sink).recipients) == 1


def test_x09_five_thousand_recipients_are_capped_and_mailed_nothing(technical, ada, sink):
    crowd = ", ".join(f"p{n}@crowd.example" for n in range(5000))
    ticket = receive(To=f"tech@company.example, {crowd}").ticket
    assert ticket.followers.count() <= options.value("tickets.max_followers")
    assert {to for row in OutgoingMail.objects.all() for to in row.to + row.cc + row.bcc} == {
        "cleo@harbour.example"
    }
    assert answered(ticket, ada, sink).recipients == ["cleo@harbour.example"]


@pytest.mark.parametrize(
    "headers",
    [
        {"From": "(" * 5000 + "x" + ")" * 5000 + " <cleo@harbour.example>"},
        {"References": " ".join(f"<{n}@x.example>" for n in range(10_000))},
        {"To": ", ".join(f"p{n}@x.example" for n in range(5000))},
        {"Received": "\r\nReceived: ".join("from relay" for _n in range(40))},
    ],
)
def test_x10_monstrous_headers_make_a_ticket(headers, technical):
    assert receive(**headers).outcome == "ticket"


def test_x10_two_thousand_deep_multipart_is_kept_raw(technical):
    body = "".join(
        f'Content-Type: multipart/mixed; boundary="{n}"\r\n\r\n--{n}\r\n' for n in range(2000)
    )
    raw = b"From: cleo@harbour.example\r\nSubject: deep\r\n" + body.encode() + b"\r\nHi"
    mail = receive(raw)
    assert mail.outcome in ("ticket", "quarantined")
    assert raw_bytes(mail) == raw


def zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", ZEROS)
    return packed.getvalue()


def huge_png() -> bytes:
    """A picture that says it is 30,000 pixels wide and high."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + check

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 6, 0, 0, 0)
    pixels = zlib.compress(ZEROS, 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "kind", "name"),
    [
        (zip_bomb(), "application/zip", "bomb.zip"),
        (gzip.compress(ZEROS), "application/gzip", "bomb.gz"),
        (huge_png(), "image/png", "huge.png"),
    ],
    ids=["zip", "gzip", "png"],
)
def test_x11_bombs_are_stored_as_they_are_and_never_unpacked(content, kind, name, technical):
    mail = receive(with_file(content, kind, name))
    stored = mail.message.attachments.get()
    assert (mail.outcome, stored.size) == ("ticket", len(content))
    assert sum(files.path_of(digest).stat().st_size for digest in files.stored_digests()) < 500_000


def test_x11_mail_beyond_the_limit_is_a_ticket_without_its_files(technical, owner):
    options.set_value("mailpipe.max_megabytes", 1, actor=owner, now=timezone.now())
    mail = receive(with_file(bytes(range(256)) * 8192, "application/pdf", "large.pdf"))
    assert mail.outcome == "ticket"
    assert not mail.message.attachments.exists()
    assert "large.pdf" in mail.ticket.messages.get(kind="note").text
    assert b"large.pdf" in raw_bytes(mail)


def test_x11_ten_thousand_parts_are_capped(technical):
    parts = "--b\r\nContent-Type: text/plain\r\n\r\nword\r\n" * 10_000
    mail = receive(letter(f"{parts}--b--", Content_Type='multipart/mixed; boundary="b"'))
    assert mail.outcome == "ticket"
    assert 0 < mail.message.text.count("word") <= 500


@pytest.mark.parametrize(
    "raw",
    [
        letter("caf\xe9 \xff", Content_Type="text/plain; charset=iso-2022-jp"),
        letter("a\x00b\x00", Content_Type="text/plain; charset=utf-16"),
        letter(Subject="a\x00b", From="C\x00leo <cleo@harbour.example>"),
        letter(X_Long="x" * 1_000_000),
        letter(Subject="\r\n " + "\r\n ".join("word" * 20 for _n in range(12_000))),
        letter(Message_ID=""),
        letter(Message_ID="no brackets, no at"),
    ],
    ids=["charset", "nul", "nul in headers", "long header", "folded header", "no id", "odd id"],
)
def test_x12_broken_mail_is_one_ticket_and_nothing_is_lost(raw, technical):
    mail = receive(raw)
    assert (mail.outcome, Ticket.objects.count()) == ("ticket", 1)
    assert raw_bytes(mail) == raw
    assert "\x00" not in mail.message.text + mail.ticket.subject + mail.ticket.customer.name


def test_x12_known_message_id_with_other_words_is_a_ticket_of_its_own(technical):
    same = {"Message_ID": "<same@harbour.example>"}
    first = receive(letter("The attacker's words", **same), sender="eve@evil.example")
    second = receive(letter("The real words", **same))
    assert first.ticket != second.ticket
    assert second.message.text.strip() == "The real words"


@pytest.mark.parametrize("recipient", ["$(touch owned)@x.example", "-f", "--help", "`id`;|&>owned"])
def test_x59_recipient_is_never_a_command(recipient, technical, tmp_path, settings):
    pipe(letter(), recipient=recipient)
    assert not list(tmp_path.rglob("owned"))
    assert not (REPOSITORY / "owned").exists()
    assert len(spooled()) == 1
    drain()
    assert InboundMail.objects.get().outcome == "ticket"
