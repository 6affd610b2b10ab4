"""The file store and how files are served (X-32, D-29)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from core import files
from core.housekeeping import drop_orphans
from core.registries import referenced_digests

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 40


@dataclass
class Attached:
    sha256: str
    filename: str = "photo.png"
    content_type: str = "image/png"


def test_what_is_put_can_be_opened() -> None:
    stored = files.put(BytesIO(b"hello"))
    assert stored.size == 5
    assert files.open_file(stored.sha256).read() == b"hello"
    assert files.exists(stored.sha256)
    assert files.is_intact(stored.sha256)


def test_files_are_private_and_no_temporary_one_is_left(settings) -> None:
    stored = files.put(b"secret")
    assert files.path_of(stored.sha256).stat().st_mode & 0o777 == 0o600
    assert list((Path(settings.FILES_DIR) / "tmp").iterdir()) == []


def test_putting_twice_keeps_one_file(settings) -> None:
    assert files.put(b"same") == files.put(b"same")
    assert list(files.stored_digests()) == [files.put(b"same").sha256]


def test_a_missing_file_is_named_so() -> None:
    with pytest.raises(files.FileMissing):
        files.open_file("0" * 64)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63])
def test_only_digests_name_files(name: str) -> None:
    with pytest.raises(ValueError, match="digest"):
        files.path_of(name)


def test_compressed_files_come_back_whole() -> None:
    stored = files.put_compressed(b"raw mail " * 1000)
    assert stored.size == 9000
    assert files.path_of(stored.sha256).stat().st_size < 1000
    assert files.open_compressed(stored.sha256).read() == b"raw mail " * 1000


@pytest.mark.parametrize(
    ("head", "name", "found"),
    [
        (PNG, "a.png", "image/png"),
        (PNG, "a.exe", "image/png"),
        (b"%PDF-1.7\n%", "a.pdf", "application/pdf"),
        (b"GIF89a" + b"\x00" * 20, "a.gif", "image/gif"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "a.jpg", "image/jpeg"),
        (b"<html><script>alert(1)</script>", "a.png", files.UNKNOWN),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", files.UNKNOWN),
        (b"<?xml version='1.0'?>", "a.xml", files.UNKNOWN),
        (b"alert(1)", "a.js", files.UNKNOWN),
        (b"hello", "notes.txt", "text/plain"),
        (b"a,b\n", "table.CSV", "text/csv"),
        (b"he\x00llo", "notes.txt", files.UNKNOWN),
        (b"", "empty.txt", "text/plain"),
        (b"", "", files.UNKNOWN),
    ],
)
def test_types_are_what_the_bytes_say(head: bytes, name: str, found: str) -> None:
    assert files.sniff(head, name) == found


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("a\r\nBcc: x.txt", "a Bcc_ x.txt"),
        ("exe\u202egpj.jpg", "exegpj.jpg"),
        ('q"uote;.txt', "q_uote_.txt"),
        (".hidden", "hidden"),
        ("", ""),
        ("\x00\x01", ""),
    ],
)
def test_names_lose_what_could_harm(name: str, clean: str) -> None:
    assert files.clean_filename(name) == clean


def test_a_long_name_keeps_its_extension() -> None:
    name = files.clean_filename("ü" * 300 + ".pdf")
    assert name.endswith("ü.pdf")
    assert len(name.encode()) <= 200


def test_a_picture_may_be_shown_in_place() -> None:
    response = files.serve(Attached(files.put(PNG).sha256), inline=True)
    assert response["Content-Disposition"].startswith("inline")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/xhtml+xml", "x/y", ""])
def test_active_types_are_only_ever_downloaded(kind: str) -> None:
    attached = Attached(files.put(b"<script>").sha256, "a.html", kind)
    response = files.serve(attached, inline=True)
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"] == files.UNKNOWN


def test_a_download_carries_a_name_of_any_script() -> None:
    response = files.serve(Attached(files.put(PNG).sha256, "Überweisung €.png"), inline=False)
    assert "filename*=utf-8''" in response["Content-Disposition"]


@pytest.mark.django_db
def test_files_nobody_refers_to_go_after_two_days() -> None:
    now = datetime(2026, 5, 12, 9, tzinfo=UTC)
    used, unused, fresh = (files.put(word).sha256 for word in (b"used", b"unused", b"fresh"))
    for digest in (used, unused):
        os.utime(files.path_of(digest), times=((now - timedelta(days=3)).timestamp(),) * 2)
    os.utime(files.path_of(fresh), times=(now.timestamp(),) * 2)
    referenced_digests.register("test", lambda: iter([used]))
    try:
        assert drop_orphans(now) == 1
    finally:
        referenced_digests._entries.pop("test")
    assert files.exists(used)
    assert files.exists(fresh)
    assert not files.exists(unused)


def test_putting_again_renews_the_age_of_a_file() -> None:
    digest = files.put(b"again").sha256
    os.utime(files.path_of(digest), times=(0, 0))
    files.put(b"again")
    assert not files.stored_before(digest, datetime.now(UTC) - timedelta(minutes=1))
