"""No program outlives the one that started it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from helpdesk.embedded.leash import Program, end, spawn

STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""
PARENT = """
import sys, time
from helpdesk.embedded.leash import Program, spawn
child = spawn(Program("sleeper", ("sleep", "60"), env={"PATH": "/usr/bin:/bin"}))
print(child.pid, flush=True)
time.sleep(60)
"""


def python(code: str) -> Program:
    return Program("sample", (sys.executable, "-c", code), env=dict(os.environ))


def is_gone(pid: int) -> bool:
    """Gone, or dead and only waiting for its parent to notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def comes_true(question: Callable[[], bool], *, within: float = 20) -> bool:
    deadline = time.monotonic() + within
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_child_dies_with_a_killed_parent() -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert not is_gone(child)
        parent.kill()
        assert comes_true(lambda: is_gone(child))


def test_stubborn_program_is_killed_after_patience() -> None:
    program = python(STUBBORN)
    child = spawn(program, output=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"deaf\n"
    began = time.monotonic()
    assert end(child, program, patience=0.3) == -signal.SIGKILL
    assert 0.3 <= time.monotonic() - began < 10
    child.stdout.close()


def test_end_takes_grandchildren_along() -> None:
    program = python(
        "import subprocess, time\n"
        "print(subprocess.Popen(['sleep', '60']).pid, flush=True)\n"
        "time.sleep(60)"
    )
    child = spawn(program, output=subprocess.PIPE)
    assert child.stdout is not None
    grandchild = int(child.stdout.readline())
    end(child, program)
    assert comes_true(lambda: is_gone(grandchild))
    child.stdout.close()


def test_ctrl_c_of_the_terminal_reaches_only_the_supervisor() -> None:
    program = python("import time; time.sleep(60)")
    child = spawn(program)
    assert os.getpgid(child.pid) == child.pid != os.getpgid(0)
    end(child, program)
