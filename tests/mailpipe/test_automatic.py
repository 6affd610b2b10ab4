"""Who gets no receipt, and why; people always get theirs (mail.md 42-45, X-06)."""

import pytest

from mailpipe.automatic import Kind, assess
from mailpipe.parsing import ParsedMail, parse


def mail(*headers: str, body: str = "Hello", frm: str = "cleo@example.com") -> ParsedMail:
    lines = [f"From: {frm}", "To: support@company.example", *headers, "", body]
    return parse("\n".join(lines).encode())


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Auto-Submitted: auto-replied", Kind.AUTO_REPLY),
        ("Auto-Submitted: auto-replied; owner-email=x", Kind.AUTO_REPLY),
        ("Auto-Submitted: auto-generated", Kind.BULK),
        ("Auto-Submitted: auto-notified", Kind.BULK),
        ("X-Autoreply: yes", Kind.AUTO_REPLY),
        ("X-Autorespond: x", Kind.AUTO_REPLY),
        ("X-Auto-Response: x", Kind.AUTO_REPLY),
        ("Precedence: auto_reply", Kind.AUTO_REPLY),
        ("X-Precedence: auto_reply", Kind.AUTO_REPLY),
        ("Precedence: bulk", Kind.BULK),
        ("Precedence: Junk", Kind.BULK),
        ("X-Precedence: bulk", Kind.BULK),
        ("Precedence: list", Kind.LIST),
        ("List-Id: <users.example.com>", Kind.LIST),
        ("List-Post: <mailto:x@example.com>", Kind.LIST),
        ("X-Auto-Response-Suppress: All", Kind.BULK),
        ("X-Auto-Response-Suppress: DR, RN, AutoReply", Kind.BULK),
        ("Feedback-ID: 1:2:3:x", Kind.BULK),
        ("X-Amazon-Mail-Relay-Type: notification", Kind.BULK),
        ("X-Loop: x", Kind.LOOP),
    ],
)
def test_header_marks_automatic_mail(header: str, kind: Kind) -> None:
    found = assess(mail(header))
    assert (found.kind, found.suppress_reply, bool(found)) == (kind, True, True)
    assert found.reasons


@pytest.mark.parametrize(
    "header",
    [
        "Auto-Submitted: no", "X-Auto-Response-Suppress: OOF", "X-Autoreply: no",
        "Precedence: normal", "X-Mailer: Outlook", "Importance: high",
        "Subject: Vacation request does not work", "Subject: Out of office settings are broken",
        "Subject: Auto repair question", "Subject: Abwesenheiten verwalten geht nicht",
        "Subject: Delivery failed for my order", "Subject: Returned mail, what now?",
        "Subject: Bounced payment",
    ],
)  # fmt: skip
def test_mail_of_a_person_is_answered(header: str) -> None:
    found = assess(mail(header))
    assert (found.kind, found.suppress_reply, found.reasons) == (Kind.NONE, False, ())


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: x", "Out of Office: x", "Out of office Re: x", "Auto-Reply: x",
        "[Auto-Reply] x", "Re: Automatic reply: x", "Abwesenheitsnotiz", "Automatische Antwort: x",
        "Réponse automatique : x", "Absence du bureau : x", "Respuesta automática: x",
        "Risposta automatica: x", "Fuori sede: x", "Resposta automática: x", "Afwezig: x",
        "Automatisch antwoord: x", "Autosvar: x", "Automatiskt svar: x", "Automatisk svar: x",
        "Automaattinen vastaus: x", "Odpowiedź automatyczna: x", "Автоматический ответ: x",
        "Otomatik Yanıt: x", "Automatická odpověď: x", "Automatikus válasz: x", "自動応答: x",
        "自动答复: x", "자동 회신: x", "Räspuns", "מענה אוטומטי: x", "Răspuns automat: x",
    ],
)  # fmt: skip
def test_subject_of_an_automatic_answer_is_known_in_many_languages(subject: str) -> None:
    expected = Kind.NONE if subject == "Räspuns" else Kind.AUTO_REPLY
    assert assess(mail(f"Subject: {subject}")).kind is expected


def test_weak_subject_needs_a_second_sign() -> None:
    weak = "Subject: I am on vacation until Monday"
    assert assess(mail(weak)).kind is Kind.NONE
    assert assess(mail(weak, "Return-Path: <>")).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize("envelope_sender", ["<>", "MAILER-DAEMON", " <> "])
def test_empty_envelope_sender_only_silences(envelope_sender: str) -> None:
    found = assess(mail("Subject: Question"), envelope_sender)
    assert (found.kind, found.suppress_reply) == (Kind.NONE, True)


def test_no_reply_sender_is_not_answered_but_a_ticket() -> None:
    found = assess(mail(frm="no-reply@shop.example"))
    assert (found.kind, found.reasons) == (Kind.NONE, ("no-reply address",))


def test_own_address_in_any_spelling_is_a_loop() -> None:
    own = ["support@company.example", "billing@müller.example"]
    for written in ("Support+x@Company.example", "billing@xn--mller-kva.example"):
        assert assess(mail(frm=written), own_addresses=own).kind is Kind.LOOP
    assert assess(mail(), own_addresses=own).kind is Kind.NONE


def test_own_message_id_coming_back_is_a_loop() -> None:
    returned = mail("Message-ID: <t.ours@company.example>")
    assert assess(returned, is_own_message_id=lambda value: "ours" in value).kind is Kind.LOOP
    assert assess(returned, is_own_message_id=lambda value: False).kind is Kind.NONE


def test_mail_that_travelled_too_far_is_a_loop() -> None:
    assert assess(mail(*["Received: from a by b"] * 31)).kind is Kind.LOOP
    assert assess(mail(*["Received: from a by b"] * 30)).kind is Kind.NONE


def test_loop_wins_over_everything_else() -> None:
    found = assess(mail("X-Loop: x", "Auto-Submitted: auto-replied", "List-Id: <a.b>"))
    assert found.kind is Kind.LOOP
    assert found.reasons == ("X-Loop", "Auto-Submitted: auto-replied", "list-id")
