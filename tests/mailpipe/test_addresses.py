"""Addresses: repaired, compared, parsed from headers, and written into headers safely."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpipe.addresses import (
    UnsafeAddress,
    ascii_form,
    canonical,
    header_safe,
    is_no_reply,
    mailbox,
    needs_smtputf8,
    plus_part,
    repair,
    strip_plus,
    unicode_form,
    valid,
)
from mailpipe.parsing.mailboxes import Address, parse_mailboxes


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("< cleo @ example.com >", "cleo@example.com"),
        ("<a<b@c.example>", "b@c.example"),
        ("cleo@example.com.", "cleo@example.com"),
        ("'cleo@Example.COM'", "cleo@example.com"),
        ('"cleo@example.com"', "cleo@example.com"),
        ("mailto:cleo@example.com?subject=x", "cleo@example.com"),
        ("<@relay.example,@b.example:cleo@example.com>", "cleo@example.com"),
        ("Cleo.@example.com", "Cleo@example.com"),
    ],
)
def test_address_is_repaired(written: str, meant: str) -> None:
    assert repair(written) == meant


@pytest.mark.parametrize(
    "email",
    ["a@b.example", "root@localhost", "a+b@c.example", "jörg@example.com", "a@[192.0.2.1]",
     "o'neil@example.com", '"a b"@example.com', "a@xn--mller-kva.example", "a@müller.example"],
)  # fmt: skip
def test_address_is_valid(email: str) -> None:
    assert valid(email)


@pytest.mark.parametrize(
    "email",
    ["", "@", "a@", "@b", "a b@c", "a@b@c", "a@-b.example", "a@b..example", "a\n@b.example",
     "a@b.example\r\nBcc: c", "=?utf-8?q?a@b.example", "x" * 250 + "@b.example", "a@b_.example-",
     "<a@b.example>", "a,b@c.example", "a\x00@b.example"],
)  # fmt: skip
def test_address_is_not_valid(email: str) -> None:
    assert not valid(email)


def test_canonical_form_compares_case_spaces_and_idn() -> None:
    assert canonical(" Cleo+X@MÜLLER.example. ") == canonical("cleo+x@xn--mller-kva.example")


def test_both_forms_of_a_domain_are_available() -> None:
    assert ascii_form("a@müller.example") == "a@xn--mller-kva.example"
    assert unicode_form("a@xn--mller-kva.example") == "a@müller.example"
    assert unicode_form("a@xn--broken-.example") == "a@xn--broken-.example"


def test_plus_part_is_taken_and_removed() -> None:
    assert plus_part("support+billing@x.example") == "billing"
    assert plus_part("support@x+y.example") == ""
    assert strip_plus("support+billing+a@x.example") == "support@x.example"
    assert strip_plus("+odd@x.example") == "+odd@x.example"


@pytest.mark.parametrize(
    "email",
    ["noreply@x", "no-reply@x", "NO_REPLY@x", "do-not-reply@x", "donotreply@x", "noreply-foo@x",
     "notifications-noreply@x", "mailer-daemon@x", "MAILER-DAEMON@x", "bounces+1=a@x", "nobody@x",
     "ne-pas-repondre@x", "no-responder@x", "news.no-reply@x"],
)  # fmt: skip
def test_no_reply_address_is_known(email: str) -> None:
    assert is_no_reply(email)


@pytest.mark.parametrize("email", ["nora@x", "reply@x", "norepl@x", "support@x", "daemonic@x"])
def test_ordinary_address_is_no_no_reply(email: str) -> None:
    assert not is_no_reply(email)


@pytest.mark.parametrize(
    ("header", "people"),
    [
        ('"Doe, John" <j@d.example>', [("Doe, John", "j@d.example")]),
        ("Doe, John <j@d.example>", [("Doe, John", "j@d.example")]),
        ('"a@b.example, evil@x" <c@d.example>', [("a@b.example, evil@x", "c@d.example")]),
        ("boss@bank.example <evil@x.example>", [("boss@bank.example", "evil@x.example")]),
        ("j@d.example (John (the) Doe)", [("John the Doe", "j@d.example")]),
        ("John Doe j@d.example", [("John Doe", "j@d.example")]),
        ("a@b.example; c@d.example", [("", "a@b.example"), ("", "c@d.example")]),
        ("A <a@b.example, c@d.example", [("A", "a@b.example"), ("", "c@d.example")]),
        ("Team: a@b.example, B <b@c.example>;", [("", "a@b.example"), ("B", "b@c.example")]),
        ("undisclosed-recipients:;", []),
        ("=?utf-8?Q?a@b.example?=", []),
        ("<>", []),
        ("", []),
        ("((((a@b.example", [("", "a@b.example")]),
        ('"Joe \\"X\\" Y" <a@b.example>', [('Joe "X" Y', "a@b.example")]),
        ("\u202eevil\u202c <a@b.example>", [("evil", "a@b.example")]),
    ],
)
def test_mailboxes_of_a_header(header: str, people: list[tuple[str, str]]) -> None:
    assert parse_mailboxes(header) == [Address(*person) for person in people]


@given(st.text(max_size=300))
def test_mailboxes_of_any_text_are_valid(header: str) -> None:
    assert all(valid(each.email) for each in parse_mailboxes(header))


@pytest.mark.parametrize(
    ("value", "safe"),
    [
        ("A\r\nBcc: v@x", "A Bcc: v@x"),
        ("a\x00b\x0bc\u2028d", "a b c d"),
        ("x\u202egnp.exe", "xgnp.exe"),
        ("  many \t blanks ", "many blanks"),
        ("\ud800x", "x"),
    ],
)
def test_header_value_is_one_clean_line(value: str, safe: str) -> None:
    assert header_safe(value) == safe


@given(st.text())
def test_header_value_of_any_text_has_no_controls(value: str) -> None:
    assert not {"\r", "\n", "\x00", "\u202e"} & set(header_safe(value))


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Cleo", "Cleo <c@x.example>"),
        ("", "c@x.example"),
        ("a@b.example, evil@x", '"a@b.example, evil@x" <c@x.example>'),
        ('Q "quoted"', '"Q \\"quoted\\"" <c@x.example>'),
        ("A\r\nBcc: v@x", '"A Bcc: v@x" <c@x.example>'),
    ],
)
def test_mailbox_is_exactly_one_recipient(name: str, written: str) -> None:
    assert mailbox(name, "c@x.example") == written
    assert [each.email for each in parse_mailboxes(written)] == ["c@x.example"]


@given(st.text(max_size=60))
def test_mailbox_of_any_name_is_one_recipient(name: str) -> None:
    people = parse_mailboxes(mailbox(name, "c@x.example"))
    assert [each.email for each in people] == ["c@x.example"]


@pytest.mark.parametrize(
    "email", ["", "a@b.example\r\nBcc: v@x.example", "a@b.example, c@d.example", "no address"]
)
def test_mailbox_refuses_what_is_no_single_address(email: str) -> None:
    with pytest.raises(UnsafeAddress):
        mailbox("x", email)


def test_domain_is_written_as_mail_servers_want_it() -> None:
    assert mailbox("", "a@müller.example") == "a@xn--mller-kva.example"
    assert needs_smtputf8("jörg@example.com")
    assert mailbox("J", "jörg@example.com") == '"J" <jörg@example.com>'
