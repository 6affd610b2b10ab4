"""The visible text of a mail: choice of parts, HTML read as a person reads it (mail.md 21-27)."""

import pytest

from mailpipe.parsing import ParsedMail, html_to_text, parse


def alternative(*parts: str) -> ParsedMail:
    body = "".join(f"--b\n{part}\n" for part in parts)
    head = "From: a@b.example\nContent-Type: multipart/alternative; boundary=b\n\n"
    return parse(f"{head}{body}--b--\n".encode())


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>one</p><p>two<br>three</p>", "one\n\ntwo\nthree"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("<div>one</div><div><br></div><div>two</div>", "one\n\ntwo"),
        ("a<!-- hidden -->b", "ab"),
        ("<style>p{}</style><script>x()</script><title>t</title>seen", "seen"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", "1 2\n3"),
        ("<pre>  a\n   b</pre>", "  a\n   b"),
        ("said:<blockquote>q1<br>q2<blockquote>deep</blockquote></blockquote>x",
         "said:\n\n> q1\n> q2\n>\n>> deep\n\nx"),
        ("a&nbsp;&lt;b&gt;&amp;&euro;", "a <b>&€"),
        ("many \n\t  blanks", "many blanks"),
        ("<span>in</span><b>line</b> <i>text</i>", "inline text"),
        ('<div style="display: none">preheader</div>seen', "seen"),
        ('<img src="x" alt="😀"> <img src="y" alt="logo">', "😀"),
        ("<a href='https://x.example'>link</a>", "link"),
        ("<p>unclosed <b>tags", "unclosed tags"),
        ("", ""),
        ("no tags at all", "no tags at all"),
    ],
)  # fmt: skip
def test_html_is_read_as_a_person_reads_it(html: str, text: str) -> None:
    assert html_to_text(html) == text


def test_text_and_html_of_an_alternative_are_both_kept() -> None:
    mail = alternative(
        "Content-Type: text/plain\n\nplain", "Content-Type: text/html\n\n<p>rich</p>"
    )
    assert (mail.text, mail.html) == ("plain", "<p>rich</p>")


def test_order_of_the_alternatives_does_not_matter() -> None:
    mail = alternative(
        "Content-Type: text/html\n\n<p>rich</p>", "Content-Type: text/plain\n\nplain"
    )
    assert (mail.text, mail.html) == ("plain", "<p>rich</p>")


def test_variants_for_other_readers_are_neither_text_nor_file() -> None:
    mail = alternative(
        "Content-Type: text/plain\n\nplain", "Content-Type: text/x-amp-html\n\n<html amp></html>"
    )
    assert (mail.text, mail.html, mail.attachments) == ("plain", None, ())


def test_plain_part_between_html_parts_is_shown_too() -> None:
    raw = (
        "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n"
        "--b\nContent-Type: text/html\n\n<p>one</p>\n--b\nContent-Type: text/plain\n\n<two>\n--b--\n"
    )
    mail = parse(raw.encode())
    assert mail.text == "one\n\n<two>"
    assert mail.html == "<p>one</p>\n<div>&lt;two&gt;</div>"


def test_html_of_a_mail_is_raw_for_the_sanitiser() -> None:
    raw = b"From: a@b.example\nContent-Type: text/html\n\n<p onclick='x'>hi</p>"
    assert parse(raw).html == "<p onclick='x'>hi</p>"


def test_enriched_text_loses_its_commands() -> None:
    raw = b"From: a@b.example\nContent-Type: text/enriched\n\n<bold>Hello</bold> world"
    assert parse(raw).text == "Hello world"


@pytest.mark.parametrize(
    ("content_type", "text"),
    [
        ("text", "hello"),
        ("text/plain;", "hello"),
        ("TEXT/PLAIN; CHARSET=US-ASCII", "hello"),
        ("garbage", "hello"),
        ("text/plain charset", "hello"),
        ("", "hello"),
    ],
)
def test_odd_content_type_of_a_text_is_text(content_type: str, text: str) -> None:
    assert parse(f"From: a@b.example\nContent-Type: {content_type}\n\nhello".encode()).text == text


@pytest.mark.parametrize(
    ("encoding", "octets"),
    [
        ("8bit", b"hello"), ("7-bit", b"hello"), ("binary", b"hello"), ("", b"hello"),
        ("Quoted_Printable", b"hel=6C=\r\no"), ("BASE64", b"aGVsbG8="), ("base64", b"aGVs\n bG8"),
        ("base64; x", b"aGVsbG8"), ("unknown", b"hello"), ("base64", b"aGVs=bG8="),
    ],
)  # fmt: skip
def test_transfer_encodings(encoding: str, octets: bytes) -> None:
    head = f"From: a@b.example\nContent-Transfer-Encoding: {encoding}\n\n".encode()
    assert parse(head + octets).text == "hello"


@pytest.mark.parametrize(
    ("raw", "empty"),
    [
        (b"", True),
        (b"From: a@b.example\nSubject: only a subject\n\n \n", True),
        (b"From: a@b.example\nContent-Type: text/html\n\n<html><body> </body></html>", True),
        (b"From: a@b.example\nContent-Type: text/html\n\n<img src='https://x.example/a'>", False),
        (b"From: a@b.example\n\nx", False),
        (b"no header at all", False),
    ],
)
def test_empty_mail_is_known(raw: bytes, *, empty: bool) -> None:
    assert parse(raw).empty is empty


def test_flowed_text_keeps_quote_depths_and_signature() -> None:
    raw = (
        b"From: a@b.example\nContent-Type: text/plain; format=flowed\n\n"
        b"one \ntwo\n> quoted \n> on\n>> deeper \n> back\n-- \nme\n"
    )
    assert parse(raw).text == "one two\n> quoted on\n>> deeper\n> back\n-- \nme"


def test_space_stuffing_of_flowed_text_is_undone() -> None:
    raw = (
        b"From: a@b.example\nContent-Type: text/plain; format=flowed\n\n >not quoted\n From here\n"
    )
    assert parse(raw).text == ">not quoted\nFrom here"
