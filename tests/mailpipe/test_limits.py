"""Bombs, floods and noise: bounded before parsing, at most two seconds, never an exception."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailpipe.automatic import assess
from mailpipe.bounces import read_bounce
from mailpipe.parsing import Limits, ParsedMail, parse
from mailpipe.quoting import split_text
from mailpipe.quoting_html import split_html
from tests.pace import takes_at_most

ROOT = Path(__file__).resolve().parents[2]
FROM = b"From: Cleo <cleo@example.com>\n"
SECONDS = 2.0


def timed(raw: bytes) -> ParsedMail:
    mail = takes_at_most(SECONDS, lambda: read(raw))
    assert not (mail.reduced or "").startswith("unreadable")
    return mail


def read(raw: bytes) -> ParsedMail:
    mail = parse(raw)
    assess(mail)
    split_text(mail.text, ["reply above this line"])
    split_html(mail.html or "", ["reply above this line"])
    return mail


def multipart(boundary: str, body: bytes) -> bytes:
    return FROM + f"Content-Type: multipart/mixed; boundary={boundary}\n\n".encode() + body


def html(body: bytes) -> bytes:
    return FROM + b"Content-Type: text/html; charset=utf-8\n\n" + body


def test_three_thousand_nested_multiparts_are_read_in_reduced_mode() -> None:
    levels = (
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3000)
    )
    mail = timed(FROM + b"".join(levels) + b"\nhello")
    assert mail.reduced == "nested deeper than 30"
    assert mail.from_address == "cleo@example.com"


def test_twenty_thousand_parts_are_read_up_to_the_limit() -> None:
    mail = timed(multipart("x", b"--x\n\nhi\n" * 20_000))
    assert mail.reduced == "more than 500 parts"
    assert mail.text.startswith("hi\n\nhi")


def test_many_files_stop_at_the_limit_of_parts() -> None:
    mail = timed(multipart("x", b"--x\nContent-Type: image/png\n\nhi\n" * 20_000))
    assert len(mail.attachments) == 499


def test_many_sibling_multiparts_stop_at_the_limit_of_boundaries() -> None:
    inner = b"--x\nContent-Type: multipart/mixed; boundary=y\n\n--y\n\na\n--y--\n"
    assert timed(multipart("x", inner * 400)).reduced in (
        "more than 300 boundaries",
        "more than 500 parts",
    )


def test_boundaries_have_a_limit_of_their_own() -> None:
    inner = b"--x\nContent-Type: multipart/mixed; boundary=y\n\n--y\n\na\n--y--\n"
    mail = parse(multipart("x", inner * 20), Limits(boundaries=10))
    assert mail.reduced == "more than 10 boundaries"


def test_deeply_nested_html_becomes_text_only() -> None:
    mail = timed(html(b"<div>" * 20_000 + b"deep words"))
    assert (mail.reduced, mail.html) == ("HTML nested deeper than 500", None)
    assert mail.text == "deep words"


@pytest.mark.parametrize("tag", [b"b", b"font", b"a", b"unknown", b"span", b"table><tr><td"])
def test_nesting_of_any_element_counts(tag: bytes) -> None:
    assert timed(html((b"<" + tag + b">") * 5000 + b"x")).html is None


def test_closing_tags_of_other_elements_do_not_hide_the_nesting() -> None:
    assert timed(html(b"<div></b></span>" * 5000 + b"x")).html is None


def test_unclosed_paragraphs_and_cells_are_not_nesting() -> None:
    mail = timed(html(b"<p>word<br>" * 3000 + b"<table>" + b"<tr><td>a<td>b" * 2000))
    assert mail.reduced is None
    assert mail.html is not None


def test_large_html_becomes_text_only() -> None:
    mail = timed(html(b"<p>hello world</p>\n" * 300_000))
    assert mail.html is None
    assert "HTML larger" in (mail.reduced or "")
    assert mail.text.startswith("hello world")


def test_two_megabytes_of_ordinary_html_are_read_in_time() -> None:
    assert timed(html(b"<tr><td><b>x</b> y</td></tr>\n" * 60_000)).html is not None


def test_long_text_is_cut_with_a_reason() -> None:
    mail = timed(FROM + b"\n" + b"hello world\n" * 2_000_000)
    assert len(mail.text) <= Limits().text
    assert "text longer" in (mail.reduced or "")


def test_flood_of_references_keeps_the_fifty_newest() -> None:
    ids = b"".join(b" <%d@example.com>\n" % number for number in range(10_000))
    mail = timed(FROM + b"References:" + ids + b"\nx")
    assert len(mail.references) == 50
    assert mail.references[-1] == "<9999@example.com>"


def test_five_thousand_recipients_are_capped() -> None:
    to = b", ".join(b"u%d@example.com" % number for number in range(5000))
    assert len(timed(FROM + b"To: " + to + b"\n\nx").to) == 200


def test_files_beyond_the_size_limit_are_dropped_with_a_notice() -> None:
    part = b"--x\nContent-Type: image/png; name=%d.png\n\n" + b"z" * 600 + b"\n"
    raw = multipart("x", b"--x\n\nBody\n" + b"".join(part % number for number in range(3)))
    mail = parse(raw, Limits(files=1500))
    assert mail.text == "Body"
    assert [file.filename for file in mail.attachments] == ["0.png", "1.png"]
    assert mail.problems == ("file left out, mail too large: 2.png",)


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: " + b"a" * 1_000_000 + b"\n\nx",
        b"Subject:" + b"\n a" * 300_000 + b"\n\nx",
        b"X: a\n" * 200_000 + b"\n\nx",
        b"From: " + b"(" * 500_000 + b"\n\nx",
        b"From: " + b"<" * 500_000 + b"\n\nx",
        b"From: " + b'"' * 500_001 + b"\n\nx",
        b"To: " + b"a," * 500_000 + b"\n\nx",
        b"Subject: " + b"=?a?q?" * 150_000 + b"\n\nx",
        b"Subject: " + b"=?utf-8?B?w6k=?= " * 60_000 + b"\n\nx",
        b"Content-Type: text/plain" + b";a=b" * 200_000 + b"\n\nx",
        b"Content-Type: text/plain" + b";" * 500_000 + b"\n\nx",
        b"Content-Type: text/plain; " + b" " * 500_000 + b"x\n\nx",
        b"Content-Type: text/plain; a*0*=" + b"%41" * 200_000 + b"\n\nx",
        b"Content-Disposition: attachment; filename=" + b"a" * 500_000 + b"\n\nx",
        b"Content-Transfer-Encoding: base64\n\n" + b"=" * 3_000_000,
        b"Content-Transfer-Encoding: base64\n\n" + b"A=" * 1_000_000,
        b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=41=\n" * 500_000,
        b"Content-Type: text/plain; charset=idna\n\n" + b"\xff" * 500_000,
        b"Content-Type: text/plain; charset=utf-7\n\n" + b"+AGE-" * 300_000,
        b"Content-Type: text/plain; charset=iso-2022-jp\n\n" + b"\x1b$B!!" * 300_000,
        b"Content-Type: text/plain; format=flowed\n\n" + b"> a \n" * 300_000,
        b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x" * 1_000_000,
        b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--y\nhi\n" * 300_000,
        b"\n" + b"begin 644 x\n" * 100_000,
        b"\n" + bytes(range(128, 256)) * 20_000,
        b"\n" + b"\0" * 3_000_000,
        b"\n" + b"\n" * 3_000_000,
        b"\n" + b"On 2026-01-05 a@b.c wrote\n" * 80_000,
        b"\n" + b"> a\nb\n" * 300_000,
        b"\n" + b"From: a\n" * 200_000,
        b"\n" + b"-- \n" * 300_000,
        b"\n" + b"user unknown a@b.c " * 100_000,
        b"Content-Type: text/html\n\n" + b"<" * 2_000_000,
        b"Content-Type: text/html\n\n" + b"<!--" * 400_000,
        b"Content-Type: text/html\n\n" + b"<p style='" * 150_000,
        b"Content-Type: text/html\n\n" + b"<script>" * 200_000,
        b"Content-Type: text/html\n\n" + b"&amp;" * 400_000,
        b"Content-Type: text/html\n\n" + b"<blockquote>x</blockquote>" * 60_000,
        b"Content-Type: text/html\n\n" + b"<img src='cid:x'>" * 100_000,
        b"Content-Type: text/html\n\n" + b"<blockquote type=cite>x</blockquote>y" * 40_000,
        b"Content-Type: text/html\n\n" + b"<blockquote type=cite>x</blockquote>" * 40_000 + b"y",
    ],
    ids=range(41),
)
def test_hostile_input_costs_at_most_two_seconds(raw: bytes) -> None:
    timed(raw)


MEASURE = """
import sys
from mailpipe.parsing import parse
mail = parse(open(sys.argv[1], "rb").read())
peak = [line for line in open("/proc/self/status") if line.startswith("VmHWM")][0].split()[1]
print(len(mail.attachments[0].content), peak, mail.reduced)
"""


def write_large_mail(path: Path) -> None:
    line = base64.b64encode(bytes(range(57))) + b"\r\n"
    with path.open("wb") as file:
        file.write(multipart("x", b"--x\n\nText\n--x\nContent-Type: application/pdf\n"))
        file.write(b"Content-Transfer-Encoding: base64\n\n")
        file.writelines(line for _ in range(25 * 1024 * 1024 // len(line)))
        file.write(b"--x--\n")


def test_large_mail_stays_within_the_memory_goal(tmp_path: Path) -> None:
    """Peak of the whole reading process; mail.md allows 160 MiB with everything else loaded."""
    write_large_mail(tmp_path / "large.eml")
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(tmp_path / "large.eml")],
        env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    size, peak, reduced = done.stdout.split()
    assert (int(size) > 18_000_000, reduced) == (True, "None")
    assert int(peak) < 100 * 1024


PIECES = st.sampled_from(
    [
        b"From: ", b"To: ", b"Subject: ", b"Content-Type: ", b"multipart/mixed; boundary=", b"b",
        b"multipart/alternative; boundary=\"b\"", b"text/html", b"text/plain; charset=", b"utf-7",
        b"iso-2022-jp", b"gb2312", b"base64", b"Content-Transfer-Encoding: ", b"quoted-printable",
        b"Content-Disposition: attachment; filename*0*=", b"message/rfc822", b"\n", b"\r\n", b"\n\n",
        b"\r", b"--b\n", b"--b--\n", b"\n--b\n", b"=?utf-8?Q?", b"=?=", b"?=", b"=?gb2312?B?", b"<",
        b">", b"(", b")", b'"', b"@", b"a@b.c", b",", b";", b":", b"\x00", b"\xff\xfe", b"\x1b$B",
        b"=", b"=E9", b"begin 644 a\n", b"end\n", b"<div>", b"</div>", b"<blockquote>", b"> ",
        b"On 2026-01-05 at 10:00 a@b.c wrote:\n", b"-- \n", b"message/delivery-status",
        b"Final-Recipient: rfc822; a@b.c\nAction: failed\n", b"Date: ", b"Mon, 5 Jan 99999 25:61",
        b"{\"notificationType\":\"Bounce\"", b"References: <", b"\xe2\x80\xae", b"cid:", b"%zz",
    ]
)  # fmt: skip


def survives(raw: bytes) -> None:
    mail = timed(raw)
    read_bounce(mail)
    texts = [mail.subject, mail.text, mail.from_name, mail.html or ""]
    texts += [part.filename for part in mail.attachments]
    assert not any("\x00" in text for text in texts)
    for text in texts:
        text.encode("utf-8")
    assert all(part.filename and "/" not in part.filename for part in mail.attachments)
    quoted = split_text(mail.text)
    assert quoted.visible + quoted.quoted == mail.text


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(PIECES, max_size=60).map(b"".join))
def test_any_mix_of_mail_pieces_is_survived(raw: bytes) -> None:
    survives(raw)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=2000))
def test_any_bytes_are_survived(raw: bytes) -> None:
    survives(raw)


CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.eml"))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(CORPUS), st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=4))))
def test_damaged_real_mails_are_survived(path: Path, damages: list[tuple[float, bytes]]) -> None:
    raw = bytearray(path.read_bytes())
    for position, octets in damages:
        at = int(position * len(raw))
        raw[at : at + len(octets)] = octets
    survives(bytes(raw))
