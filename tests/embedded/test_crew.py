"""The crew restarts who falls and stops all in order."""

import os
import signal
import sys
from pathlib import Path

import pytest

from helpdesk.embedded import crew as crew_module
from helpdesk.embedded.console import Console
from helpdesk.embedded.crew import Crew, ProgramFailed, StopRequested
from helpdesk.embedded.leash import Program

SLEEP = "import time; time.sleep(60)"


def python(name: str, code: str) -> Program:
    return Program(name, (sys.executable, "-uc", code), env=dict(os.environ))


@pytest.fixture
def crew(monkeypatch: pytest.MonkeyPatch) -> Crew:
    monkeypatch.setattr(crew_module, "FIRST_PAUSE", 0.1)
    return Crew(Console())


def test_fallen_program_starts_again_after_a_growing_pause(crew: Crew) -> None:
    member = crew.keep(python("web", "raise SystemExit(3)"))
    member.pause = 0.05
    crew.wait_until(lambda: member.falls >= 3)
    crew.stop()
    assert member.pause == pytest.approx(0.4)


def test_killed_program_starts_again(crew: Crew) -> None:
    member = crew.keep(python("worker", SLEEP))
    member.pause = 0.05
    first = member.child.pid
    os.kill(first, signal.SIGKILL)
    crew.wait_until(lambda: member.child.pid != first)
    assert member.is_alive
    crew.stop()
    assert not member.is_alive


def test_start_gives_up_when_what_it_needs_has_fallen(crew: Crew) -> None:
    engine = crew.keep(python("postgres", "raise SystemExit(1)"), is_engine=True)
    with pytest.raises(ProgramFailed, match="postgres could not be started"):
        crew.wait_until(lambda: False, needs=engine)
    crew.stop()


def test_job_shows_all_it_said_and_its_exit_code(
    crew: Crew, capsys: pytest.CaptureFixture[str]
) -> None:
    code = "print('one'); print('two', end=''); raise SystemExit(7)"
    assert crew.wait_for(crew.begin(python("migrate", code))) == 7
    assert [line.split("| ")[1] for line in capsys.readouterr().out.splitlines()] == ["one", "two"]


def test_only_a_successful_job_leaves_its_stamp(crew: Crew, tmp_path: Path) -> None:
    for name, code in (("good", 0), ("bad", 1)):
        job = python(name, f"raise SystemExit({code})")
        crew.wait_for(crew.begin(job, on_success=(tmp_path / name).touch))
    assert [path.name for path in tmp_path.iterdir()] == ["good"]


def test_engines_stop_after_those_who_use_them(crew: Crew, tmp_path: Path) -> None:
    code = (
        "import signal, sys, time, pathlib\n"
        "def leave(*_):\n"
        f"    open({str(tmp_path / 'order')!r}, 'a').write(sys.argv[1] + ' ')\n"
        "    sys.exit()\n"
        "signal.signal(signal.SIGTERM, leave)\n"
        f"pathlib.Path({str(tmp_path)!r}, 'up ' + sys.argv[1]).touch()\n"
        "time.sleep(60)"
    )
    for name, is_engine in (("postgres", True), ("web", False)):
        program = Program(name, (sys.executable, "-c", code, name), env=dict(os.environ))
        crew.keep(program, is_engine=is_engine)
    crew.wait_until(lambda: len(list(tmp_path.glob("up *"))) == 2)
    crew.stop()
    assert (tmp_path / "order").read_text().split() == ["web", "postgres"]


def test_stop_request_ends_a_waiting_start(crew: Crew) -> None:
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        crew.obey_signals()
        os.kill(os.getpid(), signal.SIGTERM)
        with pytest.raises(StopRequested):
            crew.wait_until(lambda: False)
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def test_renewed_program_runs_anew(crew: Crew) -> None:
    member = crew.keep(python("web", SLEEP))
    first = member.child.pid
    crew.renew(["web", "unknown"])
    assert member.is_alive
    assert member.child.pid != first
    crew.stop()
