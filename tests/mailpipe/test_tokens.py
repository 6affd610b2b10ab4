"""Signed threads: only what we signed counts, for whom we signed it, with any key of the ring."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailpipe.tokens import (
    KeyRing,
    Scope,
    bare_address,
    body_reference,
    message_id,
    new_token,
    own_thread,
    plain_subject,
    read_body_reference,
    read_message_id,
    read_reply_address,
    reply_address,
    subject_numbers,
    subject_tag,
    tagged_subject,
    verify_reply,
)

RING = KeyRing(["current-key-of-32-characters-aaaa"])
ROTATED = KeyRing(["fresh-key-of-32-characters-bbbbb", "current-key-of-32-characters-aaaa"])
OTHER = KeyRing(["somebody-elses-key-of-32-chars-cc"])
TOKEN = "sgisbvh335jwlh3vpuynq4tzja"
CLEO = "cleo@example.com"


def address(recipient: str = CLEO, scope: Scope = Scope.TICKET) -> str:
    return reply_address(RING, "support@x.example", token=TOKEN, recipient=recipient, scope=scope)


def test_token_is_128_random_bits_in_small_letters() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(len(token) == 26 and token == token.lower() for token in tokens)


def test_reply_address_carries_token_and_signature_within_64_octets() -> None:
    local, _, domain = address().partition("@")
    assert local.startswith(f"support+t{TOKEN}.")
    assert len(local) <= 64
    assert domain == "x.example"


def test_reply_address_is_verified_for_its_recipient_only() -> None:
    claim = read_reply_address(address())
    assert claim is not None
    assert (claim.token, claim.scope) == (TOKEN, Scope.TICKET)
    assert verify_reply(RING, claim, "Cleo@EXAMPLE.com")
    assert not verify_reply(RING, claim, "otto@other.example")
    assert not verify_reply(OTHER, claim, CLEO)


def test_reply_address_survives_capital_letters() -> None:
    claim = read_reply_address(address().upper())
    assert claim is not None
    assert verify_reply(RING, claim, CLEO)


def test_keys_can_rotate() -> None:
    claim = read_reply_address(address())
    assert claim is not None
    assert verify_reply(ROTATED, claim, CLEO)
    assert read_message_id(ROTATED, message_id(RING, token=TOKEN, domain="x.example"))


def test_scope_cannot_be_changed_by_the_holder() -> None:
    note = read_reply_address(address(scope=Scope.NOTE).replace("+n", "+t"))
    assert note is not None
    assert not verify_reply(RING, note, CLEO)


def test_other_token_does_not_fit_the_signature() -> None:
    claim = read_reply_address(address().replace(TOKEN, new_token()))
    assert claim is not None
    assert not verify_reply(RING, claim, CLEO)


@pytest.mark.parametrize(
    "email",
    ["support@x.example", "support+billing@x.example", "support+tabc.def@x.example",
     f"support+t{TOKEN}@x.example", f"support+x{TOKEN}.aaaaaaaaaaaaaaaa@x.example"],
)  # fmt: skip
def test_ordinary_address_claims_nothing(email: str) -> None:
    assert read_reply_address(email) is None
    assert bare_address(email) == email


def test_department_behind_a_reply_address_is_found() -> None:
    assert bare_address(address()) == "support@x.example"


def test_long_department_address_goes_without_token() -> None:
    long = "customer-support-worldwide@x.example"
    assert reply_address(RING, long, token=TOKEN, recipient=CLEO) == long


@given(st.text(max_size=80))
def test_no_text_is_taken_for_a_genuine_token(text: str) -> None:
    claim = read_reply_address(f"support+{text}@x.example")
    assert claim is None or not verify_reply(RING, claim, CLEO)
    assert read_message_id(RING, text) is None
    assert read_body_reference(RING, text) is None


def test_message_ids_differ_and_name_their_thread() -> None:
    one, two = (message_id(RING, token=TOKEN, domain="x.example") for _ in range(2))
    assert one != two
    own = read_message_id(RING, one)
    assert own is not None
    assert (own.token, own.scope) == (TOKEN, Scope.TICKET)


@pytest.mark.parametrize("position", [3, 30, 46, 62])
def test_changed_message_id_is_not_ours(position: int) -> None:
    written = list(message_id(RING, token=TOKEN, domain="x.example", random="a" * 16))
    written[position] = "b" if written[position] != "b" else "c"
    assert read_message_id(RING, "".join(written)) is None


def test_message_id_of_another_ring_is_not_ours() -> None:
    assert read_message_id(RING, message_id(OTHER, token=TOKEN, domain="x.example")) is None


def test_first_own_message_id_decides_the_thread() -> None:
    ours = message_id(RING, token=TOKEN, domain="x.example", scope=Scope.NOTE)
    own = own_thread(RING, ["<foreign@x>", ours, message_id(RING, token=new_token(), domain="x")])
    assert own is not None
    assert (own.token, own.scope) == (TOKEN, Scope.NOTE)
    assert own_thread(RING, ["<foreign@x>", ""]) is None


def test_reference_in_a_quoted_body_is_found_and_checked() -> None:
    reference = body_reference(RING, TOKEN)
    assert read_body_reference(RING, f"Thanks\n> ## reply above ## {reference.upper()}\n") == TOKEN
    assert read_body_reference(OTHER, reference) is None


def test_weak_keys_are_refused_and_never_shown() -> None:
    for keys in ([], [""], ["short"]):
        with pytest.raises(ValueError, match="at least"):
            KeyRing(keys)
    assert "current" not in repr(RING)


@pytest.mark.parametrize(
    ("subject", "numbers"),
    [
        ("Re: [Ticket ID: 123] Printer", [123]),
        ("[#123] Printer", [123]),
        ("AW: [Ticket-ID:123]", [123]),
        ("[Ticket\r\n ID: 123] folded", [123]),
        ("[ticket id : 123]", [123]),
        ("[Ticket #5] x", [5]),
        ("[ID de ticket: 7] x", [7]),
        ("[Ticketnummer 8] x", [8]),
        ("[Заявка: 9] x", [9]),
        ("[チケット：10] x", [10]),
        ("[Ticket ID: 1] [Ticket ID: 2]", [1, 2]),
        ("[JIRA-123] [2026] Ticket 5 (#6)", []),
        ("[Ticket ID: 1234567890123]", []),
    ],
)
def test_subject_tags(subject: str, numbers: list[int]) -> None:
    assert subject_numbers(subject) == numbers


def test_own_label_of_a_translation_is_understood() -> None:
    assert subject_numbers("[Vorgang: 5]", ["Vorgang"]) == [5]


@pytest.mark.parametrize(
    ("subject", "plain"),
    [
        ("Re: AW: SV: [Ticket ID: 5] Rif: Hello", "Hello"),
        ("RE[2]: Fwd: Hello", "Hello"),
        ("Antw: Hello: world", "Hello: world"),
        ("回复：你好", "你好"),
        ("Ответ: Hello", "Hello"),
        ("Hello Re: world", "Hello Re: world"),
        ("Reminder: pay", "Reminder: pay"),
        ("Re: " * 40 + "x", "Re: " * 10 + "x"),
    ],
)
def test_plain_subject_has_neither_tags_nor_reply_marks(subject: str, plain: str) -> None:
    assert plain_subject(subject) == plain


def test_outgoing_subject_has_our_tag_and_no_other() -> None:
    assert subject_tag(7) == "[Ticket ID: 7]"
    assert tagged_subject("Re: [Ticket ID: 5] [#6] Hello", 7) == "[Ticket ID: 7] Re: Hello"
