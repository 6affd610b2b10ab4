"""Pieces of pages that are drawn once for each set of facts."""

from __future__ import annotations

import pytest
from django.template import Context, Engine, Template, TemplateSyntaxError
from django.utils import translation
from django.utils.safestring import SafeString

from core.context import NavLink
from core.templatetags.kept import MOST_KEPT

_engine = Engine(libraries={"kept": "core.templatetags.kept", "i18n": "django.templatetags.i18n"})


def template(text: str) -> Template:
    return _engine.from_string("{% load kept i18n %}" + text)


class Drawn:
    """Counts how often it is printed."""

    def __init__(self) -> None:
        self.times = 0

    def __str__(self) -> str:
        self.times += 1
        return "drawn"


def test_same_facts_are_drawn_once() -> None:
    page, seen = template("{% kept seen=seen %}{{ seen }}{% endkept %}"), Drawn()
    assert [page.render(Context({"seen": seen})) for _ in range(3)] == ["drawn"] * 3
    assert seen.times == 1


def test_nothing_but_the_named_facts_is_known_inside() -> None:
    page = template("{% kept name=name %}{{ name }}{{ secret }}{% csrf_token %}{% endkept %}")
    context = Context({"name": "Ada", "secret": "token", "csrf_token": "token"})
    assert page.render(context) == "Ada"


def test_markup_and_equal_text_are_not_taken_for_each_other() -> None:
    page = template("{% kept told=told %}{{ told }}{% endkept %}")
    assert page.render(Context({"told": SafeString("<b>")})) == "<b>"
    assert page.render(Context({"told": "<b>"})) == "&lt;b&gt;"
    assert [page.render(Context({"told": told})) for told in (1, True)] == ["1", "True"]


def test_frozen_facts_that_differ_are_drawn_apart() -> None:
    page = template("{% kept links=links %}{{ links.0.label }}{% endkept %}")
    links = [NavLink("a", label, "/a", "inbox", current=False) for label in ("Ada", "Ben")]
    drawn = [page.render(Context({"links": (link,)})) for link in (*links, *links)]
    assert drawn == ["Ada", "Ben", "Ada", "Ben"]


def test_each_language_has_its_own() -> None:
    page = template("{% kept %}{% get_current_language as now %}{{ now }}{% endkept %}")
    spoken = []
    for language in ("en", "de", "en"):
        with translation.override(language):
            spoken.append(page.render(Context()))
    assert spoken == ["en", "de", "en"]


def test_no_more_than_so_many_are_kept() -> None:
    page = template("{% kept number=number %}{{ number }}{% endkept %}")
    for number in range(MOST_KEPT + 10):
        assert page.render(Context({"number": number})) == str(number)
    (node,) = [node for node in page.nodelist if hasattr(node, "_drawn")]
    assert len(node._drawn) <= MOST_KEPT


def test_a_fact_without_a_name_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="by name only"):
        template("{% kept user %}{% endkept %}")
