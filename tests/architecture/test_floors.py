"""Every app stands on its floor, in one order everywhere (ARCHITECTURE 1)."""

import tomllib
from typing import Any

from django.conf import settings

from tests.architecture.tree import ROOT, files

FLOORS = [
    "core",
    "calendars",
    "accounts",
    "customers",
    "knowledge",
    "notifications",
    "tickets",
    "sla",
    "chat",
    "mailpipe",
    "whatsapp",
    "surveys",
    "automation",
    "reports",
    "desk",
    "portal",
    "api",
    "helpdesk",
]


def import_linter() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]


def contract(name: str) -> dict[str, Any]:
    return next(c for c in import_linter()["contracts"] if c["id"] == name)


def layers() -> list[str]:
    """Lowest first, as in FLOORS."""
    rows = [row.split(" | ") for row in reversed(contract("floors")["layers"])]
    return [name.strip("() ") for row in rows for name in row]


def apps() -> set[str]:
    """Folders with an apps.py, and the composition root."""
    found = {path.parent.name for path in files() if path.name == "apps.py"}
    return found | {"helpdesk"}


def test_contract_holds_exactly_the_floors() -> None:
    assert layers() == FLOORS


def test_every_app_is_under_contract() -> None:
    assert apps() <= set(layers())
    assert apps() == set(import_linter()["root_packages"])


def test_apps_lie_at_the_top_level() -> None:
    folders = {p.parent for p in files() if p.name == "apps.py" and "tests" not in p.parts}
    assert {folder.parent for folder in folders} <= {ROOT}


def test_reactions_run_lowest_floor_first() -> None:
    installed = [name.split(".")[0] for name in settings.INSTALLED_APPS]
    ours = [name for name in installed if name in FLOORS]
    assert ours == [name for name in FLOORS if name in apps()]


def test_surfaces_are_named_in_both_other_contracts() -> None:
    surfaces = {"desk", "portal", "api"} & apps()
    assert surfaces <= set(contract("domain")["forbidden_modules"])
    assert set(contract("surfaces")["source_modules"]) == surfaces
