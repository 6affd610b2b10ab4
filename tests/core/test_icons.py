"""The icons: all drawn, all licensed, a wrong name told at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from core import icons

NAME = re.compile(r"""(?:\{%\s*icon\s+|icon=|ui\.icon\()["']([a-z0-9-]+)["']""")


def test_every_icon_has_a_drawing() -> None:
    assert len(icons.registry()) > 100
    assert all(body.startswith("<") for body in icons.registry().values())


def test_icons_are_drawings_only() -> None:
    text = " ".join(icons.registry().values())
    assert set(re.findall(r"<([a-z]+)", text)) <= {
        "path", "circle", "rect", "line", "polyline", "polygon", "ellipse",
    }  # fmt: skip
    assert " on" not in text


def test_unknown_icon_names_its_neighbours() -> None:
    with pytest.raises(LookupError, match="arrow-up"):
        icons.drawing("arrow-sideways")


def test_templates_and_code_use_only_icons_that_exist() -> None:
    root = Path(settings.BASE_DIR)
    files = [*(root / "templates").rglob("*.html"), *(root / "core").rglob("*.py")]
    used = {name for path in files for name in NAME.findall(path.read_text(encoding="utf-8"))}
    assert used
    assert used <= set(icons.registry())


def test_licence_lies_beside_the_icons() -> None:
    assert "ISC" in (Path(settings.BASE_DIR) / "static/icons/LICENSE.txt").read_text()


def test_glyphs_differ() -> None:
    assert len(set(icons.GLYPHS.values())) == len(icons.GLYPHS)
    assert icons.glyph("") == ""
