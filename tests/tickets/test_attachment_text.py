"""Words of attached files: read apart and within limits, found with their ticket, forgotten."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from core import files
from tests.factories import make_inbound, make_ticket
from tickets import attachment_text
from tickets.attachment_text import reading
from tickets.attachment_text.kinds import kind_of
from tickets.attachment_text.reader import MAX_TEXT, Unreadable, text_of
from tickets.content import Content, NewFile
from tickets.models import Attachment, AttachmentText, Ticket
from tickets.search import matching, write_stale_documents

NOW = timezone.now()
WORD = '<w:document xmlns:w="w"><w:body><w:p><w:r><w:t>Hop</w:t></w:r><w:r><w:t>per</w:t></w:r></w:p><w:p><w:r><w:t>cracked</w:t></w:r></w:p></w:body></w:document>'
SHEET = '<worksheet><sheetData><row><c t="s"><v>7</v></c><c><v>4711</v></c><c t="inlineStr"><is><t>boiler</t></is></c></row></sheetData></worksheet>'
SHARED = "<sst><si><t>descaler</t></si><si><t>valve</t></si></sst>"
OPEN_TEXT = '<o:d xmlns:o="o" xmlns:text="t"><text:h>Gasket</text:h><text:p>worn <text:span>out</text:span></text:p></o:d>'
BOMB = "<w><delText>" + " " * 70_000_000 + "</delText></w>"
LAUGHS = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'


def packed(**parts: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/") + ".xml", text)
    return file.getvalue()


def pdf(words: str) -> bytes:
    """One page with a line of text, as small as a PDF can be."""
    drawn = f"BT /F1 12 Tf 20 100 Td ({words}) Tj ET".encode()
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%b\nendstream" % (len(drawn), drawn),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 6\n0000000000 65535 f \n" + table
    return out + head + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)


@pytest.mark.parametrize(
    ("kind", "content", "words"),
    [
        ("pdf", pdf("Grinder blocked"), "Grinder blocked"),
        ("office", packed(word__document=WORD), "Hopper cracked"),
        (
            "office",
            packed(xl__worksheets__sheet1=SHEET, xl__sharedStrings=SHARED),
            "descaler valve 4711 boiler",
        ),
        ("office", packed(content=OPEN_TEXT), "Gasket worn out"),
        ("html", b"<p>Steam<script>alert(1)</script> wand</p>", "Steam wand"),
        ("plain", "Überlauf;3".encode("cp1252"), "Überlauf;3"),
        ("plain", "Überlauf".encode("utf-16"), "Überlauf"),
    ],
)
def test_words_are_read(kind, content, words):
    assert text_of(content, kind) == words


def test_no_more_is_kept_than_64_kb():
    assert len(text_of(b"word " * 100_000, "plain")) <= MAX_TEXT
    assert len(text_of(packed(content=f"<a>{'word ' * 100_000}</a>"), "office")) <= MAX_TEXT


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("office", packed(content=LAUGHS)),
        ("office", packed(word__document="<w><unclosed>")),
        ("office", packed(something="<a/>")),
        ("office", b"PK\x03\x04 no archive"),
        ("pdf", b"%PDF-1.7 nothing more"),
        ("plain", b"\x00\x01\x02" * 100),
    ],
)
def test_hostile_and_broken_files_are_refused(kind, content):
    with pytest.raises(Unreadable):
        text_of(content, kind)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Report.PDF", "pdf"),
        ("a.docx", "office"),
        ("a.xlsx", "office"),
        ("a.txt", "plain"),
        ("a.png", ""),
        ("noname", ""),
    ],
)
def test_name_tells_how_a_file_is_read(name, kind):
    assert kind_of(name, "application/octet-stream", 100) == kind
    assert kind_of(name, "application/octet-stream", 21 * 1024 * 1024) == ""


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


def attach(ticket: Ticket, content: bytes, filename: str = "report.pdf") -> Attachment:
    new = NewFile(stored=files.put(content), filename=filename, content_type="application/pdf")
    content = Content(text="See the file.", files=(new,))
    return make_inbound(ticket, content=content).attachments.get()


def found(text: str) -> int:
    while write_stale_documents(NOW):
        pass
    return matching(Ticket.objects.all(), text).count()


@pytest.mark.django_db
def test_ticket_is_found_by_the_words_and_the_name_of_its_file(ticket):
    attach(ticket, pdf("Grinder blocked"), "delivery-note.pdf")
    assert attachment_text.read_waiting(timezone.now()) == 1
    assert found("grinder") == found("delivery") == 1


@pytest.mark.django_db
def test_file_of_many_mails_is_read_once(ticket):
    for _ in range(3):
        attach(ticket, pdf("Grinder blocked"))
    assert attachment_text.read_waiting(timezone.now()) == 1
    assert attachment_text.read_waiting(timezone.now()) == 0


@pytest.mark.django_db
def test_bomb_is_stopped_and_not_tried_again(ticket):
    attach(ticket, packed(word__document=BOMB), "bomb.docx")
    attachment_text.read_waiting(timezone.now())
    row = AttachmentText.objects.get()
    assert (row.state, row.error, row.text) == ("failed", "unpacks without end", "")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("program", "error"),
    [
        ("import os; os.abort()", "the reader ended with -6"),
        ("import time; time.sleep(60)", "took too long"),
        ("raise SystemExit(7)", "the reader ended with 7"),
    ],
)
def test_reader_that_crashes_is_tried_three_times(ticket, tmp_path, monkeypatch, program, error):
    broken = Path(tmp_path) / "reader.py"
    broken.write_text(program)
    monkeypatch.setattr(reading, "READER", broken)
    if "sleep" in program:
        monkeypatch.setattr(reading, "PATIENCE", 0.5)
    attach(ticket, pdf("Grinder"))
    now = timezone.now()
    for attempt in range(4):
        attachment_text.read_waiting(now + timedelta(hours=attempt))
    row = AttachmentText.objects.get()
    assert (row.state, row.attempts, row.error) == ("failed", 3, error)
    assert "1 file could not be read" in attachment_text.unread_files().text


@pytest.mark.django_db
def test_reader_knows_nothing_of_our_environment(ticket, tmp_path, monkeypatch):
    spy = Path(tmp_path) / "reader.py"
    spy.write_text("import os; print(sorted(os.environ))")
    monkeypatch.setattr(reading, "READER", spy)
    monkeypatch.setenv("SECRET_KEY", "hush")
    attach(ticket, pdf("Grinder"))
    attachment_text.read_waiting(timezone.now())
    assert "SECRET_KEY" not in AttachmentText.objects.get().text


@pytest.mark.django_db
def test_words_go_with_the_last_message_that_carries_the_file(ticket):
    first, second = attach(ticket, pdf("Grinder")), attach(ticket, pdf("Grinder"))
    attachment_text.read_waiting(timezone.now())
    first.delete()
    attachment_text.forget([second.sha256])
    assert AttachmentText.objects.exists()
    Attachment.objects.filter(pk=second.pk).update(redacted_at=NOW, sha256="")
    attachment_text.forget([second.sha256])
    assert not AttachmentText.objects.exists()
