"""The durable spool: one raw mail from stdin to a synced file, standard library only."""

import contextlib
import hashlib
import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

# sysexits.h EX_TEMPFAIL: the one failure a mail server answers by trying again instead of bouncing.
DURABLE, TRY_AGAIN = 0, 75
# Whatever we print may reach the customer in a bounce, so it never names a cause.
NEUTRAL_LINE = b"The message could not be accepted right now; it will be tried again.\n"
CHUNK = 256 * 1024
SUFFIX = ".mail"
UNFINISHED = "tmp-"
UNFINISHED_SECONDS = 3600
ENVELOPE_LIMIT = 64 * 1024
FORMAT = 1
STOPS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGXCPU)


class Interrupted(Exception):
    """The mail server told us to stop before the mail was durable."""


@dataclass(frozen=True, kw_only=True)
class SpooledMail:
    """One mail of the spool; the bytes stay on disk until `raw` is asked for."""

    path: Path
    recipient: str
    sender: str
    received_at: datetime
    offset: int = field(default=0, repr=False)

    @property
    def raw(self) -> bytes:
        with self.path.open("rb", buffering=0) as file:
            file.seek(self.offset)
            return file.read()


def default_folder() -> Path:
    """MAIL_SPOOL, else `spool` in VAR_DIR, which is `var` beside manage.py unless named."""
    named, var = os.environ.get("MAIL_SPOOL"), os.environ.get("VAR_DIR")
    beside = Path(var) if var else Path(__file__).resolve().parent.parent / "var"
    return Path(named) if named else beside / "spool"


def spool(source: int, folder: Path, *, recipient: str = "", sender: str = "") -> Path:
    """Copy the descriptor to a synced file; when this returns, the mail is durable."""
    _prepare(folder)
    arrived = time.time_ns()
    unfinished = folder / f"{UNFINISHED}{arrived}-{os.getpid()}"
    target = os.open(
        unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600
    )
    try:
        try:
            _write_all(target, _envelope_line(recipient=recipient, sender=sender, arrived=arrived))
            digest = _copy(source, target)
            os.fsync(target)
        finally:
            os.close(target)
        final = folder / f"{arrived:020d}-{os.getpid()}-{digest[:16]}{SUFFIX}"
        unfinished.rename(final)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise
    _sync_folder(folder)
    return final


def pending(folder: Path, limit: int, *, now: datetime) -> list[SpooledMail]:
    """The oldest mails in order of arrival; leavings of a killed intake go after an hour."""
    names = []
    for entry in _entries(folder):
        if entry.name.endswith(SUFFIX):
            names.append(entry.name)
        elif entry.name.startswith(UNFINISHED):
            _drop_if_stale(entry, now=now)
    return [mail for name in sorted(names)[:limit] if (mail := _read_if_there(folder / name))]


def read(path: Path) -> SpooledMail:
    """The envelope of one spooled mail; a damaged envelope costs the envelope, never the mail."""
    with path.open("rb") as file:
        line = file.readline(ENVELOPE_LIMIT)
    try:
        fields = json.loads(line)
        if fields["spool"] != FORMAT:
            raise ValueError
        return SpooledMail(
            path=path,
            recipient=str(fields["recipient"]),
            sender=str(fields["sender"]),
            received_at=datetime.fromisoformat(fields["received_at"]),
            offset=len(line),
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return SpooledMail(path=path, recipient="", sender="", received_at=_arrival(path))


def discard(path: Path) -> None:
    """Remove a settled mail; one already gone is fine, since settling is idempotent."""
    path.unlink(missing_ok=True)


def oldest_age(folder: Path, *, now: datetime) -> float | None:
    """Seconds the oldest mail has waited, None when the spool is empty."""
    names = [entry.name for entry in _entries(folder) if entry.name.endswith(SUFFIX)]
    return max(0.0, (now - _arrival(folder / min(names))).total_seconds()) if names else None


def main(arguments: Sequence[str]) -> int:
    """Spool stdin and name the exit status; nothing but DURABLE and TRY_AGAIN ever comes out."""
    try:
        envelope = _envelope(arguments)
        _stop_on_signals()
        spool(0, default_folder(), recipient=envelope["recipient"], sender=envelope["sender"])
    except BaseException:  # noqa: BLE001 - MemoryError and KeyboardInterrupt too: every other status bounces the mail
        with contextlib.suppress(Exception):
            os.write(2, NEUTRAL_LINE)
        return TRY_AGAIN
    return DURABLE


def run(arguments: Sequence[str]) -> None:
    """Leave at once: the interpreter's own shutdown may fail (closed stdout), and bounce."""
    status = TRY_AGAIN
    try:
        status = main(arguments)
    finally:
        os._exit(status)


def _envelope(arguments: Sequence[str]) -> dict[str, str]:
    """Read by hand: a recipient may begin with a dash (X-59), and argparse exits with 2."""
    envelope = {"recipient": "", "sender": ""}
    words = iter(arguments)
    for word in words:
        name, equals, value = word.partition("=")
        if name not in ("--recipient", "--sender"):
            raise ValueError(word)
        envelope[name[2:]] = _readable(value if equals else next(words))
    return envelope


def _readable(argument: str) -> str:
    """Arguments are bytes of a stranger: undecodable ones become U+FFFD."""
    return os.fsencode(argument).decode("utf-8", "replace")


def _stop_on_signals() -> None:
    for number in STOPS:
        signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise Interrupted(number)


def _prepare(folder: Path) -> None:
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sync_folder(folder.parent)
    facts = folder.stat()
    if facts.st_mode & 0o077 and facts.st_uid == os.geteuid():
        folder.chmod(0o700)


def _envelope_line(*, recipient: str, sender: str, arrived: int) -> bytes:
    fields = {
        "spool": FORMAT,
        "recipient": recipient[:1000],
        "sender": sender[:1000],
        "received_at": datetime.fromtimestamp(arrived / 1e9, tz=UTC).isoformat(),
    }
    return json.dumps(fields).encode("ascii") + b"\n"


def _copy(source: int, target: int) -> str:
    digest = hashlib.sha256()
    while chunk := os.read(source, CHUNK):
        digest.update(chunk)
        _write_all(target, chunk)
    return digest.hexdigest()


def _write_all(target: int, chunk: bytes) -> None:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(target, rest) :]


def _sync_folder(folder: Path) -> None:
    """A rename is durable only when its folder is (fsync(2))."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _entries(folder: Path) -> Iterator["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as found:
            yield from found
    except FileNotFoundError:
        return


def _drop_if_stale(entry: "os.DirEntry[str]", *, now: datetime) -> None:
    with contextlib.suppress(OSError):
        if now.timestamp() - entry.stat(follow_symlinks=False).st_mtime > UNFINISHED_SECONDS:
            Path(entry.path).unlink()


def _read_if_there(path: Path) -> SpooledMail | None:
    """A second drain may have settled it between the listing and now."""
    try:
        return read(path)
    except FileNotFoundError:
        return None


def _arrival(path: Path) -> datetime:
    stamp = path.name.partition("-")[0]
    seconds = int(stamp) / 1e9 if stamp.isdigit() else path.stat().st_mtime
    return datetime.fromtimestamp(seconds, tz=UTC)


if __name__ == "__main__":
    run(sys.argv[1:])
