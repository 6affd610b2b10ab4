"""The tags of the design system: what they say, what they escape, what they tell screen readers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone

from core import ui
from core.gallery import SampleForm
from core.times import Times, ago_text

NOON = datetime(2026, 5, 13, 12, 0, tzinfo=UTC)  # a Wednesday


def shown(source: str, **context: object) -> str:
    return Template("{% load ui %}" + source).render(Context(context))


def test_icon_without_label_is_hidden_from_screen_readers() -> None:
    assert 'class="icon icon--s"' in ui.icon("clock", size="s")
    assert 'aria-hidden="true"' in ui.icon("clock")


def test_icon_with_label_is_an_image() -> None:
    assert 'role="img" aria-label="VIP &amp; friends"' in ui.icon("crown", label="VIP & friends")


def test_badge_has_glyph_word_and_tone() -> None:
    badge = shown('{% status_badge "New" glyph="disc" tone="new" %}')
    assert badge.startswith('<span class="badge badge--new"><svg')
    assert badge.endswith("New</span>")


def test_own_colour_takes_its_class_instead_of_a_tone() -> None:
    assert 'class="badge badge--own status-7"' in ui.badge("With supplier", key="status-7")


def test_names_are_escaped_everywhere() -> None:
    nasty = "<img src=x onerror=alert(1)>"
    atoms = [
        ui.badge(nasty),
        ui.glyph(nasty),
        ui.priority_mark(nasty, 2),
        ui.avatar("A", label=nasty),
        ui.due_chip(None, times=Times(NOON), state="paused", text=nasty),
        shown("{% button name icon='x' %}{% card name %}{{ name }}{% endcard %}", name=nasty),
        shown('{% dialog "d" name %}{{ name }}{% enddialog %}', name=nasty),
        shown("{% empty_state icon='inbox' title=name text=name %}", name=nasty),
    ]
    assert not any("<img" in atom for atom in atoms)


@pytest.mark.parametrize(("level", "lit"), [(1, 4), (2, 3), (3, 2), (4, 1), (9, 1), (0, 4)])
def test_priority_lights_as_many_bars_as_it_is_urgent(level: int, lit: int) -> None:
    assert ui.priority_mark("Word", level).count('class="on"') == lit


def test_avatar_keeps_its_hue_whatever_the_case() -> None:
    assert ui.avatar("Ada Berg") == ui.avatar("Ada Berg")
    assert ui.avatar("ada").split('"')[1] == ui.avatar("ADA ").split('"')[1]


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ada Berg", "AB"), ("cleo", "C"), ("Max van der Li", "ML"), ("ada@x.org", "AX"), ("?", "?")],
)
def test_initials_come_from_first_and_last_word(name: str, letters: str) -> None:
    assert ui.initials(name) == letters


def test_nobody_assigned_is_said_aloud() -> None:
    assert 'aria-label="Nobody assigned"' in ui.avatar("")


def test_counter_stops_at_999() -> None:
    assert ">999<" in ui.counter(999)
    assert ">999+<" in ui.counter(1000, unit="open")
    assert "counter--live" in ui.counter(2, unit="unread", live=True)


@pytest.mark.parametrize(
    ("minutes", "risk", "state", "words"),
    [
        (200, None, "ok", "3 h 20 m"),
        (18, 60, "risk", "18 m left"),
        (65, 120, "risk", "1 h 05 m left"),
        (-12, 60, "overdue", "Overdue 12 m"),
        (52 * 60, None, "ok", "2 d 4 h"),
        (0, None, "overdue", "Overdue 0 m"),
    ],
)
def test_deadline_grows_louder(minutes: int, risk: int | None, state: str, words: str) -> None:
    due = NOON + timedelta(minutes=minutes)
    risk_at = due - timedelta(minutes=risk) if risk else None
    chip = ui.due_chip(due, times=Times(NOON), risk_at=risk_at)
    assert f"sla--{state}" in chip
    assert f"<span>{words}</span>" in chip
    assert 'data-due="2026-05-1' in chip


def test_paused_and_met_deadlines_do_not_tick() -> None:
    paused = ui.due_chip(NOON, times=Times(NOON), state="paused", text="Paused: customer")
    assert "data-due" not in paused
    assert "Paused: customer" in paused
    assert "Met" in ui.due_chip(None, times=Times(NOON), state="met")


def test_no_deadline_shows_nothing() -> None:
    assert ui.due_chip(None, times=Times(NOON)) == ""


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=30), "now"),
        (timedelta(minutes=6), "6 m"),
        (timedelta(minutes=59, seconds=59), "59 m"),
        (timedelta(hours=2, minutes=5), "2 h"),
        (timedelta(hours=11), "11 h"),
        (timedelta(hours=13), "yesterday"),
        (timedelta(days=1, hours=11), "yesterday"),
        (timedelta(days=3), "Sun"),
        (timedelta(days=30), "13 Apr"),
        (timedelta(days=400), "8 Apr 2025"),
        (timedelta(seconds=-40), "now"),
    ],
)
def test_age_is_said_as_people_say_it(span: timedelta, words: str) -> None:
    with timezone.override("UTC"):
        assert ago_text(NOON - span, NOON) == words


def test_yesterday_is_the_readers_yesterday() -> None:
    late = datetime(2026, 5, 12, 23, 30, tzinfo=UTC)
    with timezone.override("Asia/Tokyo"):
        assert ago_text(late, NOON + timedelta(hours=2)) == "14 h"
    with timezone.override("UTC"):
        assert ago_text(late, NOON + timedelta(hours=2)) == "yesterday"


def test_time_ago_carries_the_exact_time() -> None:
    with timezone.override("Europe/Berlin"):
        markup = ui.time_ago(NOON, now=NOON)
    assert 'datetime="2026-05-13T12:00:00Z"' in markup
    assert "2 p.m." in markup
    assert ui.time_ago(None, now=NOON) == ""


def test_button_becomes_a_link_with_a_url() -> None:
    link = shown('{% button "New" kind="primary" icon="plus" url=url %}', url="/x?a=1&b=2")
    assert link.startswith('<a class="button button--primary" href="/x?a=1&amp;b=2"><svg')


def test_button_takes_any_attribute() -> None:
    markup = shown('{% button "Go" size="s" type="submit" hx_post=url %}', url='/"x')
    assert 'type="submit" hx-post="/&quot;x"' in markup
    assert 'class="button button--s"' in markup


def test_dialog_is_named_by_its_heading() -> None:
    markup = shown('{% dialog "merge" "Merge" size="wide" %}<p>body</p>{% enddialog %}')
    assert 'id="merge" aria-labelledby="merge-title"' in markup
    assert "<p>body</p>" in markup


def test_field_ties_label_hint_and_error_to_the_control() -> None:
    form = SampleForm({"words": ""})
    markup = shown("{% field form.words %}", form=form)
    assert '<label class="field__label" for="id_words">' in markup
    assert 'aria-describedby="id_words-hint id_words-error"' in markup
    assert 'aria-invalid="true"' in markup
    assert 'id="id_words-error"' in markup
    assert 'class="input"' in markup


@pytest.mark.parametrize(
    ("name", "needle"),
    [
        ("kind", '<span class="select select--wide"><select'),
        ("agreed", 'class="check"'),
        ("paused", 'class="switch"'),
        ("several", "<legend"),
        ("one", 'type="radio"'),
        ("note", "<textarea"),
        ("colour", 'type="color"'),
    ],
)
def test_field_dresses_each_kind_of_widget(name: str, needle: str) -> None:
    markup = shown("{% field bound %}", bound=SampleForm()[name])
    assert needle in markup
    assert markup.count("<div") == markup.count("</div>")
    assert markup.count("<fieldset") == markup.count("</fieldset>")


def test_own_classes_of_a_widget_are_kept() -> None:
    class Coded(forms.Form):
        body = forms.CharField(widget=forms.Textarea(attrs={"class": "input--code"}))

    assert 'class="input input--code"' in shown("{% field bound %}", bound=Coded()["body"])


def test_error_summary_takes_the_focus_and_links_to_fields() -> None:
    markup = shown("{% form_errors form %}", form=SampleForm({"name": "x"}))
    assert 'tabindex="-1" autofocus' in markup
    assert 'href="#id_words"' in markup


def test_unbound_form_has_no_summary() -> None:
    assert shown("{% form_errors form %}", form=SampleForm()).strip() == ""


def test_form_fields_shows_all_of_them() -> None:
    markup = shown("{% form_fields form %}", form=SampleForm())
    assert all(f'id="id_{name}' in markup for name in SampleForm.base_fields)


def test_pager_links_both_ways() -> None:
    markup = shown('{% pager previous_url="?before=9" next_url="?after=1" %}')
    assert 'rel="prev"' in markup
    assert 'rel="next"' in markup
    assert shown("{% pager %}").strip() == ""


def test_file_drop_is_a_plain_input_without_scripts() -> None:
    markup = shown('{% file_drop name="files" max_bytes=20971520 max_files=10 %}')
    assert 'type="file"' in markup
    assert 'data-max-bytes="20971520" data-max-files="10"' in markup


def test_scripts_carry_the_nonce_of_the_answer() -> None:
    request = RequestFactory().get("/")
    request.csp_nonce = "n0nce"  # type: ignore[attr-defined] # what django-csp sets
    assert 'nonce="n0nce" defer' in shown("{% scripts %}", request=request)


def test_htmx_may_neither_eval_nor_keep_pages() -> None:
    config = shown("{% htmx_config %}")
    assert "&quot;allowEval&quot;:false" in config
    assert "&quot;historyCacheSize&quot;:0" in config


def test_words_of_scripts_are_data() -> None:
    markup = shown("{% script_words %}")
    assert markup.startswith('<script id="words" type="application/json">')
