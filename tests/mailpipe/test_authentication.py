"""Only our own server's topmost Authentication-Results header counts (mail.md 49)."""

import pytest

from mailpipe.authentication import UNKNOWN, AuthVerdict, verdict
from mailpipe.parsing import parse
from tests.pace import takes_at_most

PASS = (
    "mx.company.example; spf=pass smtp.mailfrom=a@example.com; dkim=pass header.d=example.com "
    "header.i=@example.com; dmarc=pass (p=REJECT sp=NONE dis=NONE) header.from=example.com"
)


def test_results_of_our_server_are_read() -> None:
    assert verdict([PASS], "mx.company.example") == AuthVerdict(
        spf="pass", dkim="pass", dmarc="pass", from_domain="example.com"
    )


def test_name_of_our_server_may_differ_in_case_and_carry_a_version() -> None:
    value = "MX.Company.example 1; dmarc=fail header.from=example.com"
    assert verdict([value], "mx.company.example").dmarc == "fail"


def test_header_forged_below_ours_is_ignored() -> None:
    ours = "mx.company.example; dmarc=fail header.from=example.com"
    assert verdict([ours, PASS], "mx.company.example").dmarc == "fail"


def test_header_of_another_server_is_ignored() -> None:
    assert verdict([PASS], "mx.other.example") == UNKNOWN
    assert verdict([PASS], "") == UNKNOWN
    assert verdict([], "mx.company.example") == UNKNOWN


@pytest.mark.parametrize(
    "value", ["", ";", "mx.company.example", "mx.company.example; ;;", "=", "\x00", "(" * 5000]
)
def test_unreadable_header_proves_nothing(value: str) -> None:
    assert verdict([value], "mx.company.example") == UNKNOWN


def test_one_passing_signature_is_enough() -> None:
    value = "mx.company.example; dkim=fail header.d=a.example; dkim=pass header.d=example.com"
    assert verdict([value], "mx.company.example").dkim == "pass"


def test_invented_result_is_none() -> None:
    assert verdict(["mx.company.example; dmarc=superpass"], "mx.company.example").dmarc == "none"


def test_sender_is_proved_for_its_own_domain_only() -> None:
    found = verdict([PASS], "mx.company.example")
    assert found.proves("cleo@Example.com")
    assert not found.proves("cleo@other.example")
    assert not UNKNOWN.proves("cleo@example.com")


def test_header_is_found_in_a_parsed_mail() -> None:
    raw = f"Authentication-Results: {PASS}\nFrom: cleo@example.com\n\nx\n".replace("; d", ";\n\td")
    mail = parse(raw.encode())
    found = verdict(mail.headers["authentication-results"], "mx.company.example")
    assert found.as_dict() == {
        "spf": "pass", "dkim": "pass", "dmarc": "pass", "from_domain": "example.com",
    }  # fmt: skip


def test_hostile_headers_cost_little() -> None:
    values = (
        "mx; " + "dkim=pass; " * 5000,
        "mx; " + "(" * 50_000,
        "mx; " + "a=b c.d=e " * 5000,
    )
    takes_at_most(2, lambda: [verdict([value] * 10, "mx") for value in values])
