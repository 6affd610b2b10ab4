"""The spool keeps every mail or says 75: killed, full, unwritable, misused, without Django."""

import errno
import json
import os
import resource
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailpipe import spool as spool_module
from mailpipe.spool import discard, main, oldest_age, pending, read

ROOT = Path(__file__).resolve().parents[2]
MAIL = b"From: cleo@example.com\nSubject: hi\n\nHello\n"
NEUTRAL = spool_module.NEUTRAL_LINE.decode()


def environment(folder: Path) -> dict[str, str]:
    """Nothing Django could start with: the intake must not need it (mail.md 4)."""
    return {"PATH": os.environ["PATH"], "MAIL_SPOOL": str(folder)}


def pipe(
    folder: Path,
    *arguments: str,
    stdin: bytes = MAIL,
    command: tuple[str, ...] = ("manage.py", "mailpipe"),
    **more,
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, *command, *arguments],
        input=stdin,
        capture_output=True,
        cwd=ROOT,
        env=environment(folder),
        timeout=60,
        check=False,
        **more,
    )


def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize("command", [("manage.py", "mailpipe"), ("-m", "mailpipe.spool")])
def test_mail_is_spooled_with_its_envelope_and_nothing_is_printed(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    folder = tmp_path / "new" / "spool"
    done = pipe(folder, "--recipient", "support@x.example", "--sender=a@b.c", command=command)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    [mail] = pending(folder, 10, now=now())
    assert (mail.recipient, mail.sender, mail.raw) == ("support@x.example", "a@b.c", MAIL)
    assert abs(now() - mail.received_at) < timedelta(seconds=30)


def test_folder_and_files_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    folder.mkdir(mode=0o755)
    pipe(folder)
    [path] = folder.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_mode & 0o777 == 0o600


def test_bytes_arrive_as_they_were_sent(tmp_path: Path) -> None:
    raw = b"From x\r\n\x00\xff\xfe" + bytes(range(256)) * 5000
    assert pipe(tmp_path, stdin=raw).returncode == 0
    assert pending(tmp_path, 1, now=now())[0].raw == raw


def test_empty_stdin_is_accepted_for_quarantine(tmp_path: Path) -> None:
    assert pipe(tmp_path, stdin=b"").returncode == 0
    assert pending(tmp_path, 1, now=now())[0].raw == b""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--unknown"],
        ["--recipient"],
        ["stray"],
        ["--sender", "a@b.c", "--recipient"],
        ["--version"],
    ],
)
def test_wrong_arguments_mean_try_again_never_a_bounce(
    tmp_path: Path, arguments: list[str]
) -> None:
    done = pipe(tmp_path, *arguments)
    assert (done.returncode, done.stderr.decode()) == (75, NEUTRAL)


def test_recipient_like_an_option_or_a_shell_word_is_only_a_recipient(tmp_path: Path) -> None:
    assert pipe(tmp_path, "--recipient", "-f", "--sender", "$(touch x)").returncode == 0
    mail = pending(tmp_path, 1, now=now())[0]
    assert (mail.recipient, mail.sender) == ("-f", "$(touch x)")


def test_undecodable_recipient_is_kept_readable(tmp_path: Path) -> None:
    done = subprocess.run(
        [os.fsencode(sys.executable), b"manage.py", b"mailpipe", b"--recipient", b"a\xff@x"],
        input=MAIL, cwd=ROOT, env=environment(tmp_path), timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0
    assert pending(tmp_path, 1, now=now())[0].recipient == "a\ufffd@x"


def test_recipient_that_looks_like_a_django_option_still_spools(tmp_path: Path) -> None:
    assert pipe(tmp_path, "--recipient", "--drain").returncode == 0


def test_unwritable_folder_means_try_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    done = pipe(tmp_path / "file" / "spool")
    assert (done.returncode, done.stderr.decode()) == (75, NEUTRAL)


def test_closed_stdin_means_try_again(tmp_path: Path) -> None:
    script = f"exec {sys.executable} manage.py mailpipe <&-"
    done = subprocess.run(
        ["sh", "-c", script], cwd=ROOT, env=environment(tmp_path), timeout=60, check=False,
        capture_output=True,
    )  # fmt: skip
    assert done.returncode == 75


def test_closed_output_does_not_turn_success_into_a_bounce(tmp_path: Path) -> None:
    script = f"exec {sys.executable} manage.py mailpipe >&- 2>&-"
    done = subprocess.run(
        ["sh", "-c", script], input=MAIL, cwd=ROOT, env=environment(tmp_path), timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0


def test_full_disk_means_try_again_and_leaves_nothing(tmp_path: Path) -> None:
    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))

    done = pipe(tmp_path, stdin=MAIL * 10_000, preexec_fn=little_room)
    assert (done.returncode, done.stderr.decode()) == (75, NEUTRAL)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "full"), OSError(errno.EIO, "disk"), MemoryError()]
)
@pytest.mark.parametrize("call", ["write", "fsync", "read"])
def test_failing_call_means_try_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, error: Exception
) -> None:
    def fail(*arguments: object) -> int:
        raise error

    monkeypatch.setenv("MAIL_SPOOL", str(tmp_path))
    monkeypatch.setattr(spool_module.os, call, fail)
    with monkeypatch.context() as patched:
        patched.setattr(spool_module, "_stop_on_signals", lambda: None)
        status = main([])
    monkeypatch.undo()
    assert status == 75
    assert list(tmp_path.iterdir()) == []


def start(folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "mailpipe"], stdin=subprocess.PIPE, cwd=ROOT,
        env=environment(folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def wait_for_unfinished(folder: Path) -> None:
    for _ in range(3000):
        if folder.exists() and list(folder.iterdir()):
            return
        time.sleep(0.01)
    pytest.fail("the intake never began to write")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_stopped_intake_says_try_again_and_leaves_nothing(
    tmp_path: Path, number: signal.Signals
) -> None:
    intake = start(tmp_path)
    assert intake.stdin is not None
    intake.stdin.write(MAIL * 5000)
    intake.stdin.flush()
    wait_for_unfinished(tmp_path)
    intake.send_signal(number)
    _out, error = intake.communicate(timeout=30)
    assert (intake.returncode, error.decode()) == (75, NEUTRAL)
    assert list(tmp_path.iterdir()) == []


def test_killed_intake_leaves_nothing_the_drain_would_take(tmp_path: Path) -> None:
    intake = start(tmp_path)
    assert intake.stdin is not None
    intake.stdin.write(MAIL * 5000)
    intake.stdin.flush()
    wait_for_unfinished(tmp_path)
    intake.kill()
    intake.communicate(timeout=30)
    assert pending(tmp_path, 10, now=now()) == []
    assert [path.name.startswith("tmp-") for path in tmp_path.iterdir()] == [True]


@pytest.mark.parametrize("delay", [0.0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.08])
def test_kill_at_any_moment_never_leaves_half_a_mail(tmp_path: Path, delay: float) -> None:
    raw = MAIL * 20_000
    intake = start(tmp_path)
    assert intake.stdin is not None
    time.sleep(delay)
    try:
        intake.stdin.write(raw[: len(raw) // 2])
        intake.kill()
        intake.stdin.write(raw[len(raw) // 2 :])
        intake.stdin.close()
    except BrokenPipeError:
        pass
    intake.wait(timeout=30)
    assert all(mail.raw == raw for mail in pending(tmp_path, 10, now=now()))


def spooled(folder: Path, *bodies: bytes) -> list[Path]:
    paths = []
    for body in bodies:
        reading, writing = os.pipe()
        os.write(writing, body)
        os.close(writing)
        paths.append(spool_module.spool(reading, folder, recipient="r@x", sender="s@x"))
        os.close(reading)
    return paths


def test_mails_come_out_in_order_of_arrival_and_in_portions(tmp_path: Path) -> None:
    spooled(tmp_path, b"one", b"two", b"three")
    assert [mail.raw for mail in pending(tmp_path, 2, now=now())] == [b"one", b"two"]


def test_name_tells_moment_process_and_content(tmp_path: Path) -> None:
    [path] = spooled(tmp_path, b"one")
    moment, process_id, digest = path.stem.split("-")
    assert (len(moment), process_id, digest) == (20, str(os.getpid()), "7692c3ad3540bb80")


def test_discarding_twice_is_fine(tmp_path: Path) -> None:
    [path] = spooled(tmp_path, b"one")
    discard(path)
    discard(path)
    assert pending(tmp_path, 1, now=now()) == []


def test_oldest_age_tells_how_long_a_mail_has_waited(tmp_path: Path) -> None:
    assert oldest_age(tmp_path / "missing", now=now()) is None
    spooled(tmp_path, b"one")
    age = oldest_age(tmp_path, now=now() + timedelta(minutes=5))
    assert age is not None
    assert 299 < age < 330


def test_unfinished_files_go_after_an_hour_not_before(tmp_path: Path) -> None:
    unfinished = tmp_path / "tmp-1-2"
    unfinished.write_bytes(b"half")
    pending(tmp_path, 10, now=now())
    assert unfinished.exists()
    pending(tmp_path, 10, now=now() + timedelta(hours=1, minutes=1))
    assert not unfinished.exists()


@pytest.mark.parametrize(
    "header",
    [b"not json\n", b"{}\n", b'{"spool": 2}\n', b"[" * 100_000 + b"\n", b"\xff\xfe\n", b""],
)
def test_damaged_envelope_costs_the_envelope_never_the_mail(tmp_path: Path, header: bytes) -> None:
    path = tmp_path / "00000000001700000000-1-aa.mail"
    path.write_bytes(header + MAIL)
    mail = read(path)
    assert (mail.recipient, mail.raw) == ("", header + MAIL)
    assert mail.received_at == datetime.fromtimestamp(1.7, tz=UTC)


def test_envelope_and_mail_come_in_one_file_so_that_one_rename_is_all(tmp_path: Path) -> None:
    [path] = spooled(tmp_path, MAIL)
    first, rest = path.read_bytes().split(b"\n", 1)
    assert json.loads(first)["recipient"] == "r@x"
    assert rest == MAIL


def test_default_folder_is_beside_manage_py(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAIL_SPOOL", raising=False)
    monkeypatch.delenv("VAR_DIR", raising=False)
    assert spool_module.default_folder() == ROOT / "var" / "spool"


def test_intake_of_a_large_mail_needs_little_memory(tmp_path: Path) -> None:
    script = (
        "from mailpipe.spool import main; print(main([])); "
        "print([line for line in open('/proc/self/status') if line.startswith('VmHWM')][0])"
    )
    done = pipe(tmp_path, stdin=b"x" * 25_000_000, command=("-c", script))
    status, peak = done.stdout.split(b"\n", 1)
    assert status == b"0"
    assert int(peak.split()[1]) < 40 * 1024


def test_intake_imports_neither_django_nor_the_project(tmp_path: Path) -> None:
    script = (
        "import os, sys; os._exit = lambda status: print(sorted("
        "name for name in sys.modules if name.partition('.')[0] in ('django', 'helpdesk', 'environ')"
        "), status); sys.argv = ['manage.py', 'mailpipe']; import manage; manage.spool_stdin([])"
    )
    done = pipe(tmp_path, command=("-c", script))
    assert done.stdout.splitlines()[0] == b"[] 0"
