"""docker-compose.yml says only what Compose understands and this project has."""

import importlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.core.management import get_commands

from helpdesk import probe
from helpdesk.embedded.keys import DEPLOYMENT_MAKERS
from helpdesk.environment import env
from tests.architecture.tree import ROOT

FILE = ROOT / "docker-compose.yml"
SCHEMA = json.loads((Path(__file__).parent / "compose-schema.json").read_text())
OURS = ("migrate", "web", "worker", "beat", "sweeper")
# Read by helpdesk/settings.py without a declared type.
UNTYPED = {"SECRET_KEY", "DATABASE_URL", "REDIS_URL"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text())


def test_file_follows_the_compose_schema(compose: dict[str, Any]) -> None:
    jsonschema.validate(compose, SCHEMA)


def test_schema_refuses_a_misspelt_key(compose: dict[str, Any]) -> None:
    broken = {**compose, "services": {"web": {**compose["services"]["web"], "comand": "x"}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, SCHEMA)


def test_docker_itself_reads_it_where_it_is_installed(compose: dict[str, Any]) -> None:
    """Elsewhere the schema above stands in for it."""
    docker = shutil.which("docker")
    if docker is None or run(docker, "compose", "version").returncode:
        return
    done = run(docker, "compose", "--file", str(FILE), "config", "--services")
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) == set(compose["services"])


def test_services_are_the_ones_the_product_needs(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"postgres", "valkey", *OURS}


@pytest.mark.parametrize("name", OURS)
def test_variables_are_read_by_the_product(compose: dict[str, Any], name: str) -> None:
    assert set(compose["services"][name]["environment"]) <= set(env.scheme) | UNTYPED


def test_secrets_it_asks_for_are_the_ones_the_maker_makes() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+):\?", FILE.read_text()))
    assert asked == set(DEPLOYMENT_MAKERS)


@pytest.mark.parametrize("name", OURS)
def test_commands_exist(compose: dict[str, Any], name: str) -> None:
    check_command(compose["services"][name].get("command") or image_command())


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_probes_exist(compose: dict[str, Any], name: str) -> None:
    check_probe(compose["services"][name]["healthcheck"]["test"])


def test_beat_is_probed_where_it_writes(compose: dict[str, Any]) -> None:
    beat = compose["services"]["beat"]
    schedule = beat["command"][beat["command"].index("--schedule") + 1]
    assert beat["healthcheck"]["test"][-1] == schedule
    assert schedule.startswith(tuple(beat["tmpfs"]))


def test_waiting_has_something_to_wait_for(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for service in services.values():
        for name, wait in service.get("depends_on", {}).items():
            if wait["condition"] == "service_healthy":
                assert services[name]["healthcheck"]["test"]
            else:
                assert services[name]["restart"] == "no"


def test_named_volumes_are_declared(compose: dict[str, Any]) -> None:
    mounts = [m for s in compose["services"].values() for m in s.get("volumes", [])]
    assert {mount.split(":")[0] for mount in mounts} == set(compose["volumes"])


@pytest.mark.parametrize("name", OURS)
def test_our_containers_are_closed(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert service["stop_grace_period"] == "60s"
    writable = [mount.split(":")[1] for mount in service["volumes"]]
    assert service["environment"]["VAR_DIR"] in writable
    assert service["environment"]["MAIL_SPOOL"] in writable


def test_image_runs_as_a_plain_user_and_is_probed() -> None:
    last_stage = dockerfile().rsplit("FROM ", 1)[1]
    user = re.findall(r"^USER (\d+):(\d+)$", last_stage, re.MULTILINE)
    assert user
    assert all(int(number) >= 10000 for number in user[-1])
    check_probe(json.loads(re.search(r"HEALTHCHECK .*?CMD (\[.*\])", last_stage).group(1)))


def test_image_has_a_supported_python() -> None:
    for version in re.findall(r"FROM python:(\d+\.\d+)-", dockerfile()):
        assert tuple(map(int, version.split("."))) >= (3, 11)


def test_secrets_and_data_stay_out_of_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".env", ".git", "var", ".venv"} <= set(ignored)


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, **dict.fromkeys(DEPLOYMENT_MAKERS, "secret")}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def dockerfile() -> str:
    return (ROOT / "Dockerfile").read_text().replace("\\\n", " ")


def image_command() -> list[str]:
    return json.loads(re.search(r"^CMD (\[.*\])$", dockerfile(), re.MULTILINE).group(1))


def check_command(command: list[str]) -> None:
    match command:
        case ["python", "manage.py", name, *_]:
            assert name in get_commands()
        case ["granian", *_, target]:
            load(target)
        case ["celery", "--app", target, "worker" | "beat", *_]:
            load(target)
        case _:
            pytest.fail(f"unknown command: {command}")


def check_probe(test: list[str]) -> None:
    name = test[test.index("helpdesk.probe") + 1]
    assert name in probe.PROBES


def load(target: str) -> None:
    module, _, name = target.partition(":")
    assert hasattr(importlib.import_module(module), name)
