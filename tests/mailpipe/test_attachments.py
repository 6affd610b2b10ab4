"""Files of a mail: which parts are files, their names, and what the HTML shows (mail.md 22, 23, 28)."""

import hashlib

import pytest

from mailpipe.parsing import Part, parse
from mailpipe.parsing.filenames import numbered, safe_filename

GIF = "R0lGODlhAQABAAAAACw="


def files(*parts: str, kind: str = "mixed") -> tuple[Part, ...]:
    body = "".join(f"--b\n{part}\n" for part in parts)
    head = f"From: a@b.example\nContent-Type: multipart/{kind}; boundary=b\n\n"
    return parse(f"{head}{body}--b--\n".encode()).attachments


@pytest.mark.parametrize(
    ("declared", "safe"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\a.txt", "a.txt"),
        ("a\x00b\r\n.txt", "ab.txt"),
        ("\u202egnp.exe", "gnp.exe"),
        ("..", ""),
        ("", ""),
        (".htaccess", "htaccess"),
        ("a<b>:c|d?.txt", "abcd.txt"),
        ("Re%C3%A7u.pdf", "Reçu.pdf"),
        ("100%.pdf", "100%.pdf"),
        ("u\u0308.txt", "ü.txt"),
        ("  two   blanks .txt ", "two blanks .txt"),
    ],
)
def test_name_is_made_harmless(declared: str, safe: str) -> None:
    assert safe_filename(declared) == safe


@pytest.mark.parametrize("name", ["x" * 500 + ".pdf", "日本" * 200 + ".pdf", "x" * 500])
def test_long_name_keeps_its_extension_within_200_octets(name: str) -> None:
    safe = safe_filename(name)
    assert len(safe.encode()) <= 200
    assert safe.endswith(".pdf") or "." not in name


def test_equal_names_are_numbered() -> None:
    names = ["a.txt", "A.txt", "b", "b", "a.txt"]
    assert numbered(names) == ["a.txt", "A (2).txt", "b", "b (2)", "a (3).txt"]


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("Content-Type: image/jpeg\n\nx", "image.jpg"),
        ("Content-Type: application/pdf\n\nx", "attachment.pdf"),
        ("Content-Type: text/calendar\n\nx", "invite.ics"),
        ("Content-Type: message/rfc822\n\nFrom: a@b.example\n\nx", "message.eml"),
        ("Content-Type: message/rfc822\n\nSubject: a/b: c\n\nx", "a-b c.eml"),
        ("Content-Type: application/pdf; name=report\n\nx", "report.pdf"),
        ("Content-Type: application/x-nobody-knows\n\nx", "attachment.bin"),
        ("Content-Type: message/delivery-status\n\nx", "delivery-status.txt"),
    ],
)
def test_nameless_file_is_named_after_its_type(part: str, name: str) -> None:
    assert [file.filename for file in files("\nText", part)] == [name]


def test_text_with_disposition_attachment_is_a_file() -> None:
    raw = b"From: a@b.example\nContent-Type: text/plain\nContent-Disposition: attachment\n\nlog"
    mail = parse(raw)
    assert (mail.text, [file.filename for file in mail.attachments]) == ("", ["text.txt"])


def test_named_text_is_the_message_when_there_is_no_other() -> None:
    mail = parse(b"From: a@b.example\nContent-Type: text/plain; name=message.txt\n\nHello")
    assert (mail.text, mail.attachments) == ("Hello", ())


def test_named_text_beside_a_message_is_a_file() -> None:
    part = "Content-Type: text/plain; name=log.txt\nContent-Disposition: inline\n\nlog"
    assert [file.filename for file in files("\nText", part)] == ["log.txt"]


@pytest.mark.parametrize("kind", ["text/csv", "text/xml", "text/x-vcard", "text/rtf", "text/css"])
def test_other_texts_are_files(kind: str) -> None:
    assert [file.content_type for file in files("\nText", f"Content-Type: {kind}\n\nx")] == [kind]


def test_file_knows_its_content_and_digest() -> None:
    [file] = files(
        "\nText", f"Content-Type: image/gif; name=a.gif\nContent-Transfer-Encoding: base64\n\n{GIF}"
    )
    assert file.content == b"GIF89a\x01\x00\x01\x00\x00\x00\x00,"
    assert file.sha256 == hashlib.sha256(file.content).hexdigest()


@pytest.mark.parametrize(
    ("reference", "inline"),
    [("cid:pic@x", True), ("cid:PIC@x", True), ("cid:pic&#64;x", True), ("cid:other", False)],
)
def test_image_shown_by_the_html_is_inline(reference: str, *, inline: bool) -> None:
    [file] = files(
        f'Content-Type: text/html\n\n<img src="{reference}">',
        "Content-Type: image/gif; name=a.gif\nContent-ID: <pic@x>\n\nx",
        kind="related",
    )
    assert (file.inline, file.content_id) == (inline, "pic@x")


def test_image_without_content_id_is_never_inline() -> None:
    [file] = files("Content-Type: text/html\n\n<p>x</p>", "Content-Type: image/gif\n\nx")
    assert not file.inline


def test_file_in_a_nested_multipart_is_found() -> None:
    inner = (
        "Content-Type: multipart/related; boundary=c\n\n--c\nContent-Type: text/html\n\n<p>x\n"
        "--c\nContent-Type: application/pdf; name=deep.pdf\n\nx\n--c--"
    )
    assert [file.filename for file in files(inner, kind="alternative")] == ["deep.pdf"]


def test_forwarded_mail_stays_one_file() -> None:
    inner = (
        "Content-Type: message/rfc822\n\nSubject: old\nContent-Type: multipart/mixed; boundary=z\n\n"
        "--z\nContent-Type: image/gif; name=x.gif\n\nx\n--z--"
    )
    assert [file.filename for file in files("\nText", inner)] == ["old.eml"]


def test_digest_is_made_of_mails() -> None:
    found = files("\nSubject: one\n\nx", "\nSubject: two\n\ny", kind="digest")
    assert [file.filename for file in found] == ["one.eml", "two.eml"]


def test_part_behind_an_early_closing_delimiter_is_found() -> None:
    raw = (
        b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nText\n--b--\n"
        b"--b\nContent-Type: application/pdf; name=late.pdf\n\nx\n--b--\n"
    )
    assert [file.filename for file in parse(raw).attachments] == ["late.pdf"]


def test_boundary_that_begins_another_boundary_is_not_confused() -> None:
    inner = "Content-Type: multipart/alternative; boundary=bb\n\n--bb\n\nText\n--bb--"
    [file] = files(inner, "Content-Type: application/pdf; name=a.pdf\n\nx")
    assert file.filename == "a.pdf"
