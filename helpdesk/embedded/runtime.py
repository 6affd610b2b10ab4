"""The order of a start: engines, tables, web and demo, worker, beat; and back again."""

import http.client
import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import urlsplit

from . import introduction, stamps
from .console import Console
from .crew import Crew, Member, ProgramFailed, StopRequested
from .engine import Engine
from .keys import kept_secrets
from .options import Choices, require_free_port
from .places import ROOT, Places
from .postgres import Postgres
from .programs import Programs
from .stamps import Stamp
from .valkey import Valkey
from .watch import SourceWatch

PREDECESSOR_PATIENCE = 10.0
ANSWER_PATIENCE = 5.0
SERVER_ERROR = 500
RESTARTED_ON_CHANGE = ("web", "worker", "beat", "sweeper")


class Runtime:
    def __init__(self, choices: Choices, places: Places, console: Console) -> None:
        self.choices = choices
        self.places = places
        self.console = console
        self.crew = Crew(console)
        self.shows_demo = shows_demo()
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
        self._found_demo_company()
        self.crew.wait_until(self._answers, needs=web)
        self.crew.keep(self.programs.worker())
        self.crew.keep(self.programs.beat())
        self.crew.keep(self.programs.sweeper())

    def _introduce(self, *, seconds: float) -> None:
        people = self._who_may_sign_in()
        text = introduction.text(self.choices, self.places, seconds=seconds, people=people)
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
        jobs = [
            (stamp, self._begin(command, "--no-input", "--verbosity", "0"))
            for command, stamp in self._preparations()
            if not stamp.is_fresh
        ]
        if jobs:
            self.console.say("Preparing the tables and the static files.")
        for stamp, job in jobs:
            self._require_end(job)
            stamp.renew()

    def _preparations(self) -> Iterator[tuple[str, Stamp]]:
        tables = stamps.tables(self.places.stamp("tables"))
        if "DATABASE_URL" in os.environ:  # somebody else may have emptied that one
            tables.path.unlink(missing_ok=True)
        yield "migrate", tables
        if not self.choices.is_dev:
            yield "collectstatic", stamps.statics(self.places.stamp("statics"))

    def _found_demo_company(self) -> None:
        """Its recent tickets, and whom to sign in as: once, on the first start."""
        founded = self.places.stamp("demo-recent")
        if not self.shows_demo or founded.exists():
            return
        self.console.say("Making a demo company.")
        self._require_end(self._begin("demo", "--recent"))
        question = self.crew.ask(self.programs.manage("demo", "--sign-ins"))
        self._require_end(question)
        founded.write_text("\n".join(question.kept_words or []))

    def _who_may_sign_in(self) -> list[str]:
        if not self.shows_demo:
            return introduction.owner_hint()
        lines = self.places.stamp("demo-recent").read_text().splitlines()
        return introduction.sign_ins(self.choices, lines)

    def _fill_in_history(self) -> None:
        """Takes minutes: behind the running product, taken up again after an early stop."""
        filled_in = self.places.stamp("demo-history")
        if self.shows_demo and not filled_in.exists():
            self.crew.begin(self.programs.manage("demo", "--history"), on_success=filled_in.touch)

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
