"""The order of a start: engines, tables, web and demo, worker, beat; and back again."""

import http.client
import os
import time
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from . import introduction
from .console import Console
from .crew import Crew, Member, ProgramFailed, StopRequested
from .engine import Engine
from .keys import kept_secrets
from .options import Choices, require_free_port
from .places import ROOT, Places
from .postgres import Postgres
from .programs import Programs
from .valkey import Valkey
from .watch import SourceWatch

PREDECESSOR_PATIENCE = 10.0
ANSWER_PATIENCE = 5.0
SERVER_ERROR = 500
RESTARTED_ON_CHANGE = ("web", "worker", "beat")
QUIETLY = ("--no-input", "--verbosity", "0")
RECENT = "demo-recent"
HISTORY = "demo-history"


class Runtime:
    def __init__(self, choices: Choices, places: Places, console: Console) -> None:
        self.choices = choices
        self.places = places
        self.console = console
        self.crew = Crew(console)
        self.shows_demo = shows_demo()
        self.people: list[str] = []
        self.env = {
            **{k: v for k, v in kept_secrets(places.secrets).items() if k not in os.environ},
            "VAR_DIR": str(places.var),
            "SITE_URL": choices.site_url,
            "DEBUG": "1" if choices.is_dev else "0",
            "DEMO": "1" if self.shows_demo else "0",
            "LOG_LEVEL": os.environ.get("LOG_LEVEL", "INFO" if choices.is_dev else "WARNING"),
        }
        self.programs = Programs(places, self.env)

    def run(self) -> None:
        began = time.monotonic()
        killed = self.places.running.exists()
        require_free_port(self.choices, patience=PREDECESSOR_PATIENCE if killed else 0)
        self.crew.obey_signals()
        try:
            self._start()
            self._introduce(seconds=time.monotonic() - began)
            self._fill_in_history()
            self.crew.work(every_turn=self._follow_sources())
        except StopRequested:
            pass
        finally:
            self.crew.stop()
            self.places.running.unlink(missing_ok=True)
            self.console.say("Stopped.")

    def _start(self) -> None:
        self._start_engines()
        self._prepare_tables_and_files()
        web = self.crew.keep(self.programs.web(host=self.choices.host, port=self.choices.port))
        self._show_recent_tickets()
        self.people = self._who_may_sign_in()
        self.crew.wait_until(self._answers, needs=web)
        self.crew.keep(self.programs.worker())
        self.crew.keep(self.programs.beat())

    def _who_may_sign_in(self) -> list[str]:
        if not self.shows_demo:
            return introduction.owner_hint()
        question = self.crew.ask(self.programs.manage("demo", "--sign-ins"))
        self._require_end(question)
        return introduction.sign_ins(self.choices, question.kept_words or [])

    def _introduce(self, *, seconds: float) -> None:
        text = introduction.text(self.choices, self.places, seconds=seconds, people=self.people)
        self.console.say(text)

    def _start_engines(self) -> None:
        sockets = self.places.sockets()
        if "DATABASE_URL" not in os.environ:
            engine = Postgres(self.places.postgres, sockets)
            self.env["DATABASE_URL"] = self._start_engine(engine)
            engine.create_database()
        if "REDIS_URL" not in os.environ:
            self.env["REDIS_URL"] = self._start_engine(Valkey(self.places.valkey, sockets))
        self._tell_other_terminals()

    def _start_engine(self, engine: Engine) -> str:
        engine.prepare()
        member = self.crew.keep(engine.program(), is_engine=True)
        self.crew.wait_until(engine.is_ready, needs=member)
        return engine.url

    def _tell_other_terminals(self) -> None:
        """manage.py reads this file, so that it works beside a running help desk."""
        names = ("DATABASE_URL", "REDIS_URL", "SITE_URL", "DEMO", "DEBUG")
        lines = [f"{name}={self.env[name]}\n" for name in names if name in self.env]
        self.places.running.write_text("".join(lines))

    def _prepare_tables_and_files(self) -> None:
        """Side by side: each needs a core of its own for some seconds."""
        self.console.say("Preparing the tables and the static files.")
        statics = None if self.choices.is_dev else self._begin("collectstatic", *QUIETLY)
        self._require_end(self._begin("migrate", *QUIETLY))
        if statics is not None:
            self._require_end(statics)

    def _show_recent_tickets(self) -> None:
        if self.shows_demo and not self.places.stamp(RECENT).exists():
            self.console.say("Making a demo company.")
            self._require_end(self._begin("demo", "--recent"))
            self.places.stamp(RECENT).touch()

    def _fill_in_history(self) -> None:
        """Takes minutes: behind the running product, taken up again after an early stop."""
        if self.shows_demo and not self.places.stamp(HISTORY).exists():
            done = self.places.stamp(HISTORY).touch
            self.crew.begin(self.programs.manage("demo", "--history"), on_success=done)

    def _begin(self, *arguments: str) -> Member:
        return self.crew.begin(self.programs.manage(*arguments))

    def _require_end(self, job: Member) -> None:
        if self.crew.wait_for(job):
            raise ProgramFailed(f"manage.py {job.program.name} failed (see above).")

    def _answers(self) -> bool:
        """As a browser would: through the address people open."""
        host = "127.0.0.1" if self.choices.host in {"0.0.0.0", "::"} else self.choices.host  # noqa: S104 - compared, not bound
        line = http.client.HTTPConnection(host, self.choices.port, timeout=ANSWER_PATIENCE)
        with suppress(OSError, http.client.HTTPException):
            line.request(
                "GET", "/healthz", headers={"Host": urlsplit(self.choices.site_url).netloc}
            )
            return line.getresponse().status < SERVER_ERROR
        return False

    def _follow_sources(self) -> Callable[[], None]:
        if not self.choices.is_dev:
            return lambda: None
        watch = SourceWatch(ROOT)

        def restart_on_change() -> None:
            if watch.has_changed():
                self.console.say("The code has changed: starting again.")
                self.crew.renew(RESTARTED_ON_CHANGE)

        return restart_on_change


def shows_demo() -> bool:
    """A database of your own gets no invented customers unless you ask for them."""
    default = "0" if "DATABASE_URL" in os.environ else "1"
    return os.environ.get("DEMO", default).lower() in {"1", "true", "yes", "on"}
