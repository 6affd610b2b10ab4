"""One file read by a program of its own: without our environment, within limits, killed in time."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from core import files
from tickets.attachment_text.reader import CANNOT, MAX_TEXT

READER = Path(__file__).with_name("reader.py")
# Reading has MAX_SECONDS of the processor; a program that sleeps is ended by the clock.
PATIENCE = 20
MAX_ERROR = 200


@dataclass(frozen=True)
class Reading:
    """What became of one attempt; a final failure is not tried again."""

    text: str = ""
    error: str = ""
    is_final: bool = True


def read_stored(sha256: str, kind: str) -> Reading:
    """The words of a stored file; never raises for what is in it."""
    try:
        with files.open_file(sha256) as content, tempfile.TemporaryFile() as answer:
            return _read(content.fileno(), answer.fileno(), kind)
    except files.FileMissing:
        return Reading(error="the store has no such file")


def _read(content: int, answer: int, kind: str) -> Reading:
    # -I: neither the folder it stands in nor variables of ours decide what it imports.
    # -B: it must write no bytecode, which its own limit on files would cut short.
    command = [sys.executable, "-I", "-B", "-X", "utf8", str(READER), kind]
    try:
        done = subprocess.run(  # noqa: S603 -- our own program, a word of ours
            command,
            stdin=content,
            stdout=answer,
            stderr=subprocess.PIPE,
            env={},
            cwd="/",
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Reading(error="took too long", is_final=False)
    if done.returncode == 0:
        return Reading(_answer(answer))
    if done.returncode == CANNOT:
        return Reading(error=done.stderr.decode("utf-8", "replace")[:MAX_ERROR])
    return Reading(error=f"the reader ended with {done.returncode}", is_final=False)


def _answer(answer: int) -> str:
    with open(answer, "rb", closefd=False) as file:
        file.seek(0)
        return file.read(MAX_TEXT * 4).decode("utf-8", "replace")[:MAX_TEXT]
