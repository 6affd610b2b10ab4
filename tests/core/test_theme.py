"""The theme file: only colours reach it, all of them can be read, and it is kept for ever."""

from __future__ import annotations

import logging
import math
import re

import pytest
from django.test import Client
from django.urls import reverse

from core import registries, theme
from core.colour import Oklch, contrast, is_hex, to_hex, to_oklch, verdict
from core.registries import Registry, ThemeColour

HUES = range(0, 360, 10)
AA = 4.5


@pytest.fixture
def colours(monkeypatch: pytest.MonkeyPatch) -> list[ThemeColour]:
    """The colours that apps would register; a test fills the list."""
    rows: list[ThemeColour] = []
    asked: Registry = Registry("theme_colours")
    asked.register("test", lambda: rows)
    monkeypatch.setattr(registries, "theme_colours", asked)
    return rows


def test_status_colour_becomes_a_knob_and_plain_hexes() -> None:
    css = theme.stylesheet([ThemeColour(".status-7", "#8a3fb0")])
    assert ".status-7{--c:#8a3fb0}" in css
    assert "@supports not (color: oklch(from red l c h)){.status-7{--badge-bg:light-dark(#" in css


def test_brand_colour_turns_the_brand_knobs() -> None:
    css = theme.stylesheet([ThemeColour(":root", "#0e7c66")])
    assert ":root{--brand:#0e7c66}" in css
    assert "--brand-fill:#" in css


@pytest.mark.parametrize(
    ("selector", "colour"),
    [
        (".status-7", "red"),
        (".status-7", "#FFF"),
        (".status-7", "#8a3fb0}body{display:none"),
        (".status-7", "#8A3FB0"),
        (".a{}body", "#8a3fb0"),
        ("*", "#8a3fb0"),
    ],
)
def test_nothing_but_a_colour_reaches_the_file(
    selector: str, colour: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        assert theme.stylesheet([ThemeColour(selector, colour)]) == ""
    assert "left out" in caplog.text


@pytest.mark.django_db
def test_address_names_its_contents_and_is_kept_for_ever(
    client: Client, colours: list[ThemeColour]
) -> None:
    first = theme.url()
    response = client.get(first)
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in response["Cache-Control"]
    colours.append(ThemeColour(".status-9", "#123456"))
    theme.current.forget()
    assert theme.url() != first
    assert b".status-9" in client.get(theme.url()).content


@pytest.mark.django_db
def test_old_address_answers_with_the_colours_of_now(
    client: Client, colours: list[ThemeColour]
) -> None:
    colours.append(ThemeColour(".status-9", "#123456"))
    response = client.get(reverse("theme", args=["0" * 12]))
    assert b".status-9" in response.content
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("hue", HUES)
@pytest.mark.parametrize("chroma", [0.0, 0.08, 0.2, 0.35])
@pytest.mark.parametrize("lightness", [0.05, 0.5, 0.95])
def test_every_own_colour_is_legible(hue: int, chroma: float, lightness: float) -> None:
    colour = to_hex(Oklch(lightness, chroma, math.radians(hue)))
    css = theme.stylesheet([ThemeColour(".x", colour)])
    background = re.search(r"--badge-bg:light-dark\((#\w+),(#\w+)\)", css)
    ink = re.search(r"--badge-ink:light-dark\((#\w+),(#\w+)\)", css)
    dot = re.search(r"--badge-dot:light-dark\((#\w+),(#\w+)\)", css)
    assert background
    assert ink
    assert dot
    for side in (1, 2):
        assert contrast(background[side], ink[side]) >= 7
        assert contrast(background[side], dot[side]) >= 2.7


@pytest.mark.parametrize("hue", HUES)
def test_white_can_be_read_on_every_brand(hue: int) -> None:
    colour = to_hex(Oklch(0.75, 0.15, math.radians(hue)))
    css = theme.stylesheet([ThemeColour(":root", colour)])
    fill = re.search(r"--brand-fill:(#\w+)", css)
    assert fill
    assert contrast(fill[1], "#ffffff") >= AA


def test_contrast_is_the_one_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#007bff", "#ffffff") == pytest.approx(3.98, abs=0.01)
    assert contrast("#6c757d", "#ffffff") == pytest.approx(4.69, abs=0.01)


def test_verdict_on_the_seeds_blue_suggests_a_deeper_one() -> None:
    found = verdict("#007bff")
    assert not found.passes
    assert found.ratio == 3.98
    assert contrast(found.suggestion, "#ffffff") == pytest.approx(5.64, abs=0.15)


def test_verdict_leaves_a_deep_colour_alone() -> None:
    found = verdict("#0e5c4a")
    assert found.passes
    assert found.suggestion == "#0e5c4a"


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#8a3fb0", "#ffd400", "#00e5ff"])
def test_colour_survives_the_way_to_oklch_and_back(colour: str) -> None:
    assert to_hex(to_oklch(colour)) == colour


@pytest.mark.parametrize("text", ["#fff", "#GGGGGG", "8a3fb0", "#8a3fb0 ", "#8A3FB0", ""])
def test_other_spellings_are_no_colours(text: str) -> None:
    assert not is_hex(text)
