"""The engines start, survive a kill and leave nothing behind."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from helpdesk.embedded.engine import EngineFailed
from helpdesk.embedded.engines import Running, postgres, running, valkey
from helpdesk.embedded.leash import NOBODY, Identity, unprivileged
from helpdesk.embedded.postgres import Postgres
from tests.embedded.test_leash import is_gone

# As root both ways of not being root; as a plain user the one that there is.
IDENTITIES = [unprivileged(), *([Identity(user=NOBODY)] if os.geteuid() == 0 else [])]


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short and open to nobody, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        yield Path(name)


def connect(server: Running) -> "psycopg.Connection[tuple[str]]":
    engine = server.engine
    assert isinstance(engine, Postgres)
    return psycopg.connect(
        host=str(engine.socket_dir), user="helpdesk", dbname="helpdesk", autocommit=True
    )


@pytest.mark.parametrize("identity", IDENTITIES)
def test_cluster_keeps_committed_rows_over_a_kill(folder: Path, identity: Identity) -> None:
    engine = Postgres(folder / "data", folder / "run", identity=identity)
    (folder / "run").mkdir()
    with running(engine) as server:
        with connect(server) as line:
            line.execute("CREATE TABLE note (text text)")
            line.execute("INSERT INTO note VALUES ('kept')")
        server.kill()
        server.start()
        with connect(server) as line:
            assert line.execute("SELECT text FROM note").fetchone() == ("kept",)


def test_cluster_sorts_alike_everywhere_and_listens_on_its_socket_only(folder: Path) -> None:
    with postgres(folder / "data", folder / "run", fsync=False) as server, connect(server) as line:
        order = "SELECT string_agg(x, ' ' ORDER BY x) FROM unnest(ARRAY['b', 'Ä', 'a', 'Z']) x"
        assert line.execute(order).fetchone() == ("Z a b Ä",)
        assert line.execute("SELECT upper(%s)", ("straße ä",)).fetchone() == ("STRAßE Ä",)
        assert line.execute("SHOW listen_addresses").fetchone() == ("",)


def test_nothing_runs_after_the_block(folder: Path) -> None:
    with (
        postgres(folder / "data", folder / "run", fsync=False) as database,
        valkey(folder / "valkey", folder / "run") as wakeups,
    ):
        assert database.child is not None
        assert wakeups.child is not None
        pids = [database.child.pid, wakeups.child.pid]
        assert wakeups.engine.is_ready()
    assert all(is_gone(pid) for pid in pids)
    assert not (folder / "data" / "postmaster.pid").exists()


def test_pid_file_of_a_crashed_machine_is_no_obstacle(folder: Path) -> None:
    with postgres(folder / "data", folder / "run", fsync=False):
        pass
    (folder / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{folder}/data\n1\n5432\n")
    with postgres(folder / "data", folder / "run", fsync=False) as server:
        assert server.engine.is_ready()


def test_folder_of_another_version_is_left_alone(folder: Path) -> None:
    with postgres(folder / "data", folder / "run", fsync=False):
        pass
    (folder / "data" / "PG_VERSION").write_text("12\n")
    with (
        pytest.raises(EngineFailed, match="was made by PostgreSQL 12"),
        postgres(folder / "data", folder / "run"),
    ):
        pytest.fail("it started")
