"""Header blocks, encoded words and parameters, right and wrong (mail.md 15, 19, 23, 26)."""

from datetime import UTC, datetime

import pytest

from mailpipe.parsing import parse
from mailpipe.parsing.headers import parse_headers
from mailpipe.parsing.parameters import parse_parameterised
from mailpipe.parsing.words import decode_words


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("plain", "plain"),
        ("=?utf-8?Q?caf=C3=A9_au?=", "café au"),
        ("a =?iso-8859-1?q?caf=E9?= b", "a café b"),
        ("=?utf-8?B?w6k=?= =?utf-8?B?w6k=?=", "éé"),
        ("=?utf-8?B?w6k=?=\r\n\t=?iso-8859-1?Q?=E9?=", "éé"),
        ("=?utf-8?Q?=C3?= =?utf-8?Q?=A9?=", "é"),
        ("=?utf-8?B?w6k?=", "é"),
        ("=?utf-8?B?w6k", "é"),
        ("=?utf-8?Q?a b c?=", "a b c"),
        ("=?utf-8*en?Q?hi?=", "hi"),
        ("=?utf-8?Q?a?=b", "ab"),
        ("=?utf-8?q?one?two?=", "one?two"),
        ("=?x?B?!!!?= ok", "=?x?B?!!!?= ok"),
        ("=?utf-8?X?a?= ok", "=?utf-8?X?a?= ok"),
        ("=?gb2312?B?xOO6ww==?=", "你好"),
        ("=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "日本"),
        ("=?utf-8?q??=", ""),
        ("Gr\u00fc\u00dfe =?utf-8?Q?=C3=BC?=", "Grüße ü"),
    ],
)
def test_encoded_words(written: str, read: str) -> None:
    assert decode_words(written) == read


@pytest.mark.parametrize(
    ("written", "name", "value"),
    [
        ('text/plain; charset="utf-8"; format=flowed', "format", "flowed"),
        ("text/plain charset=utf-8", "charset", "utf-8"),
        ("Text / Plain ; Charset = UTF-8", "charset", "UTF-8"),
        ("application/pdf; name==?utf-8?B?w6kucGRm?=", "name", "é.pdf"),
        ("a/b; filename*=utf-8'de'%e2%82%ac.txt", "filename", "€.txt"),
        ("a/b; filename*=iso-8859-1''%fc.txt", "filename", "ü.txt"),
        ("a/b; filename*1=two; filename*0=one", "filename", "onetwo"),
        ("a/b; filename*0*=utf-8''%c3; filename*1*=%bc", "filename", "ü"),
        ("a/b; filename=ascii.txt; filename*=utf-8''%C3%BC.txt", "filename", "ü.txt"),
        ("a/b; filename=foo bar.pdf", "filename", "foo bar.pdf"),
        ('a/b; filename="a;b.txt"', "filename", "a;b.txt"),
        ('a/b; filename="open.pdf', "filename", "open.pdf"),
        ('a/b; filename="say \\"hi\\".txt"', "filename", 'say "hi".txt'),
        ("a/b; boundary=one; boundary=two", "boundary", "one"),
    ],
)
def test_parameters(written: str, name: str, value: str) -> None:
    assert parse_parameterised(written).get(name) == value


def test_type_is_read_in_lower_case_without_comment() -> None:
    assert parse_parameterised("Text/HTML (rich); charset=x").value == "text/html"


def test_doubled_parameters_stay_known() -> None:
    assert parse_parameterised("a/b; boundary=1; boundary=2").all("boundary") == ["1", "2"]


def test_folded_and_repeated_headers_are_read() -> None:
    headers = parse_headers(b"Subject: one\r\n two\r\nX-A: 1\r\nx-a: 2\r\n")
    assert headers.get("subject") == "one two"
    assert headers.decoded["x-a"] == ["1", "2"]


def test_headers_of_a_mail_are_available_in_lower_case() -> None:
    mail = parse(b"From: a@b.example\nX-Custom: =?utf-8?Q?=C3=BC?=\n\nx")
    assert mail.header("x-custom") == "ü"
    assert mail.header("missing") == ""


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Mon, 5 Jan 2026 10:00:00 +0100", datetime(2026, 1, 5, 9, tzinfo=UTC)),
        ("5 Jan 2026 10:00:00 -0500 (EST)", datetime(2026, 1, 5, 15, tzinfo=UTC)),
        ("Mon, 05 Jan 2026 10:00:00 GMT", datetime(2026, 1, 5, 10, tzinfo=UTC)),
        ("Mon, 5 Jan 26 10:00 +0000", datetime(2026, 1, 5, 10, tzinfo=UTC)),
        ("yesterday", None),
        ("Mon, 99 Jan 2026 10:00:00 +0000", None),
        ("Mon, 5 Jan 1970 10:00:00 +0000", None),
        ("Mon, 5 Jan 2026 10:00:00 +99999999999", None),
    ],
)
def test_date_is_only_what_the_sender_says(written: str, moment: datetime | None) -> None:
    assert parse(f"Date: {written}\nFrom: a@b.example\n\nx".encode()).sent_at == moment


@pytest.mark.parametrize(
    ("header", "importance"),
    [
        ("Importance: High", "high"), ("X-Priority: 1 (Highest)", "high"), ("X-Priority: 2", "high"),
        ("X-Priority: 3", "normal"), ("Priority: urgent", "high"), ("X-MSMail-Priority: Low", "low"),
        ("X-Priority: 5", "low"), ("X-Other: 1", "normal"),
    ],
)  # fmt: skip
def test_importance_is_a_fact_for_rules(header: str, importance: str) -> None:
    assert parse(f"From: a@b.example\n{header}\n\nx".encode()).importance == importance


@pytest.mark.parametrize(
    ("headers", "author"),
    [
        ("From: a@b.example\nReply-To: c@d.example", "a@b.example"),
        ("From: broken\nReply-To: c@d.example", "c@d.example"),
        ("From: <>\nSender: s@d.example\nReturn-Path: <r@d.example>", "s@d.example"),
        ("Return-Path: <r@d.example>", "r@d.example"),
        ("From: nothing", ""),
        ("From: =?utf-8?Q?a=40b.example?=\nReply-To: c@d.example", "c@d.example"),
    ],
)
def test_author_is_the_first_valid_address(headers: str, author: str) -> None:
    assert parse(f"{headers}\n\nx".encode()).from_address == author


def test_subject_is_kept_in_full_length() -> None:
    assert len(parse(b"Subject: " + b"long " * 200 + b"\n\nx").subject) == 999


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ("Content-Language: de-DE, en", "de-de"),
        ("Accept-Language: pt-BR", "pt-br"),
        ("Content-Language: en\nAccept-Language: de", "en"),
        ("X-A: b", ""),
    ],
)
def test_language_hint_of_the_headers(headers: str, language: str) -> None:
    assert parse(f"From: a@b.example\n{headers}\n\nHello".encode()).language == language
