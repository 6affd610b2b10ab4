"""Pages of single values, made from their declarations."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core import options
from core.models import AuditEntry
from core.options import OptionSpec, declare, value

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("core_urls")]
PAGE = "/admin/test/options"
SOUND = {
    "page-days": "7",
    "page-hours": "1.5",
    "page-mode": "b",
    "page-words": "a\r\n\r\nb",
    "page-on": "on",
}


@pytest.fixture(autouse=True)
def declared() -> Iterator[None]:
    specs = [
        OptionSpec("page.days", "int", 14, "Days", "How long.", minimum=0, maximum=30),
        OptionSpec("page.hours", "float", 4.0, "Hours"),
        OptionSpec("page.on", "bool", default=False, label="On"),
        OptionSpec("page.mode", "choice", "a", "Mode", choices=(("a", "A"), ("b", "B"))),
        OptionSpec("page.words", "list", ["x"], "Words"),
    ]
    for spec in specs:
        declare(spec)
    yield
    for spec in specs:
        options._specs.pop(spec.key)


def test_the_page_shows_what_is_in_force(sign_in, max_) -> None:
    page = sign_in(max_).get(PAGE).text
    assert 'value="14"' in page
    assert "How long." in page
    assert 'role="switch"' in page


def test_saving_changes_and_audits_what_differs(sign_in, max_) -> None:
    answer = sign_in(max_).post(PAGE, {**SOUND, "page-hours": "4.0"})
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    assert [value(f"page.{key}") for key in ("days", "on", "mode", "words")] == [
        7,
        True,
        "b",
        ["a", "b"],
    ]
    changed = AuditEntry.objects.filter(verb="option_changed").values_list(
        "subject_name", flat=True
    )
    assert sorted(changed) == ["page.days", "page.mode", "page.on", "page.words"]


@pytest.mark.parametrize(
    "wrong",
    [{"page-days": "31"}, {"page-days": ""}, {"page-hours": "x"}, {"page-mode": "c"},
     {"page-words": "x" * 501}],
)  # fmt: skip
def test_one_wrong_value_saves_nothing(sign_in, max_, wrong: dict[str, str]) -> None:
    answer = sign_in(max_).post(PAGE, {**SOUND, **wrong})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert value("page.on") is False


def test_agents_may_not(sign_in, ada) -> None:
    assert sign_in(ada).get(PAGE).status_code == 403
