"""Keeps a crew of programs at work: reads what they say, restarts who falls, stops all in order."""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import FrameType
from typing import IO

from .console import Console
from .leash import Program, request_stop, spawn, sweep

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
STOP_PATIENCE = 6.0
WHOLE_PATIENCE = 9.5
TURN = 0.2
CHUNK = 65536


class StopRequested(Exception):
    """Someone pressed Ctrl-C or sent TERM while we were waiting."""


class ProgramFailed(Exception):
    """A program we cannot start without has ended, and the message says which."""


@dataclass
class Member:
    program: Program
    is_kept: bool
    is_engine: bool
    child: subprocess.Popen[bytes]
    started_at: float = field(default_factory=time.monotonic)
    pause: float = FIRST_PAUSE
    falls: int = 0
    restart_at: float | None = None
    unfinished: bytes = b""
    on_success: Callable[[], None] | None = None
    kept_words: list[str] | None = None

    @property
    def is_alive(self) -> bool:
        return self.child.poll() is None

    @property
    def pipe(self) -> IO[bytes]:
        if self.child.stdout is None:
            raise ValueError(f"{self.program.name} was started without a pipe")
        return self.child.stdout


class Crew:
    def __init__(self, console: Console) -> None:
        self._console = console
        self._members: dict[str, Member] = {}
        self._selector = selectors.DefaultSelector()
        self._stop_requested = False

    def obey_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_signal)

    def keep(self, program: Program, *, is_engine: bool = False) -> Member:
        """Start it, and start it again whenever it ends."""
        return self._start(program, is_kept=True, is_engine=is_engine)

    def begin(self, program: Program, *, on_success: Callable[[], None] | None = None) -> Member:
        """Start a job that ends by itself."""
        job = self._start(program, is_kept=False, is_engine=False)
        job.on_success = on_success
        return job

    def ask(self, program: Program) -> Member:
        """Start a job whose words are kept instead of shown."""
        job = self._start(program, is_kept=False, is_engine=False)
        job.kept_words = []
        return job

    def wait_for(self, job: Member) -> int:
        """Turn until the job has ended; its exit code."""
        self.wait_until(lambda: self._members.get(job.program.name) is not job)
        return job.child.wait()

    def wait_until(self, arrived: Callable[[], bool], *, needs: Member | None = None) -> None:
        """Turn until it is so; gives up when the program it depends on has fallen."""
        while not arrived():
            if self._stop_requested:
                raise StopRequested
            if needs is not None and needs.falls:
                raise ProgramFailed(f"{needs.program.name} could not be started (see above).")
            self.turn(0.05)

    def work(self, *, every_turn: Callable[[], None] = lambda: None) -> None:
        """Until someone asks us to stop."""
        while not self._stop_requested:
            self.turn(TURN)
            every_turn()

    def turn(self, timeout: float) -> None:
        for key, _ in self._selector.select(timeout):
            self._read(key.data)
        now = time.monotonic()
        for member in list(self._members.values()):
            if member.restart_at is None and not member.is_alive:
                self._note_fall(member, now=now)
            elif member.restart_at is not None and now >= member.restart_at:
                self._restart(member)

    def renew(self, names: Iterable[str]) -> None:
        """Stop these in order and start them again (their code has changed)."""
        members = [self._members[name] for name in names if name in self._members]
        self._stop(members, patience=STOP_PATIENCE)
        for member in members:
            self._restart(member)

    def stop(self) -> None:
        """First those who use the engines, then the engines: ten seconds at most.

        PostgreSQL gets all that is left of them, for it writes everything down before it goes.
        """
        deadline = time.monotonic() + WHOLE_PATIENCE
        members = list(self._members.values())
        self._stop([m for m in members if not m.is_engine], patience=STOP_PATIENCE)
        engines = [m for m in members if m.is_engine]
        self._stop(engines, patience=deadline - time.monotonic())
        self._members.clear()

    def _start(self, program: Program, *, is_kept: bool, is_engine: bool) -> Member:
        child = spawn(program, output=subprocess.PIPE)
        member = Member(program, is_kept=is_kept, is_engine=is_engine, child=child)
        self._members[program.name] = member
        self._listen(member)
        return member

    def _restart(self, member: Member) -> None:
        member.child = spawn(member.program, output=subprocess.PIPE)
        member.started_at = time.monotonic()
        member.restart_at = None
        self._listen(member)

    def _note_fall(self, member: Member, *, now: float) -> None:
        sweep(member.child)
        self._drain(member)
        if not member.is_kept:
            self._members.pop(member.program.name)
            if member.child.returncode == 0 and member.on_success is not None:
                member.on_success()
            return
        if now - member.started_at > STEADY_AFTER:
            member.pause = FIRST_PAUSE
        code = member.child.returncode
        self._console.say(
            f"{member.program.name} ended with code {code}; it starts again in {member.pause:g} s."
        )
        member.falls += 1
        member.restart_at = now + member.pause
        member.pause = min(member.pause * 2, LONGEST_PAUSE)

    def _stop(self, members: list[Member], *, patience: float) -> None:
        for member in members:
            request_stop(member.child, member.program)
        deadline = time.monotonic() + patience
        while any(m.is_alive for m in members) and time.monotonic() < deadline:
            for key, _ in self._selector.select(0.05):
                self._read(key.data)
        for member in members:
            if member.is_alive:
                self._console.say(f"{member.program.name} did not stop in time and is killed.")
            sweep(member.child)
            member.child.wait()
            self._drain(member)

    def _listen(self, member: Member) -> None:
        os.set_blocking(member.pipe.fileno(), False)
        self._selector.register(member.pipe, selectors.EVENT_READ, member)

    def _read(self, member: Member) -> bool:
        """Show what it has said; false when there is no more for now."""
        try:
            chunk = os.read(member.pipe.fileno(), CHUNK)
        except BlockingIOError:
            return False
        *lines, member.unfinished = (member.unfinished + chunk).split(b"\n")
        for line in lines:
            self._show(member, line)
        if not chunk:
            self._close(member)
        return bool(chunk)

    def _drain(self, member: Member) -> None:
        """Its last words. Its children may hold the pipe a moment longer, so never wait here."""
        while not member.pipe.closed and self._read(member):
            pass
        if not member.pipe.closed:
            self._close(member)

    def _close(self, member: Member) -> None:
        if member.unfinished:
            self._show(member, member.unfinished)
            member.unfinished = b""
        self._selector.unregister(member.pipe)
        member.pipe.close()

    def _show(self, member: Member, line: bytes) -> None:
        text = line.decode(errors="replace").rstrip()
        if member.kept_words is None:
            self._console.line(member.program.name, text)
        else:
            member.kept_words.append(text)

    def _note_signal(self, number: int, frame: FrameType | None) -> None:
        if not self._stop_requested:
            self._console.say("Stopping.")
        self._stop_requested = True
