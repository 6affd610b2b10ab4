"""The living page of components, in a browser: seen, heard, typed at, and with things going wrong."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from core import commands
from core.commands import Command
from core.registries import Registry
from tests.browser.conftest import Visit
from tests.browser.looking import THEMES, WIDTHS, sideways, small_targets, take_picture, violations

EDITOR = "reply-editor"
PHOTO = {"name": "photo.png", "mimeType": "image/png", "buffer": b"x" * 2000}
HUGE = {"name": "huge.bin", "mimeType": "application/octet-stream", "buffer": b"x" * (21 << 20)}


@pytest.fixture(autouse=True)
def walking_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys for this page, whatever the desk registers."""
    keys: Registry[Command] = Registry("commands")
    keys.register("down", Command("Next", ("j",), "move", "1"))
    keys.register("up", Command("Previous", ("k",), "move", "-1"))
    keys.register("note", Command("Note", ("n",), "write", "note"))
    keys.register("search", Command("Search", ("/",), "reach", "#search"))
    keys.register("help", Command("Help", ("?",), "dialog", "shortcuts"))
    keys.register("self", Command("Here", ("g u",), "go", "gallery"))
    keys.register("tick", Command("Select", ("x",), "row", "input[type=checkbox]"))
    monkeypatch.setattr(commands, "registry", keys)


@pytest.fixture
def page(visit: Visit, ada: User) -> Page:
    page = visit("/ui", user=ada)
    page.evaluate("document.activeElement.blur()")
    return page


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.usefixtures("untroubled")
def test_all_components_are_accessible(visit: Visit, ada: User, theme: str, width: int) -> None:
    ada.theme = theme
    ada.save()
    page = visit("/ui", user=ada, width=width)
    assert page.get_attribute("html", "data-theme") == theme
    assert violations(page) == []
    assert sideways(page) <= 0
    assert small_targets(page) == []
    take_picture(page, f"ui-{theme}-{width}")


def test_text_may_be_doubled(page: Page) -> None:
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert sideways(page) <= 0


def test_dense_rows_are_lower(visit: Visit, ada: User) -> None:
    row = "document.querySelector('.queue tbody tr').offsetHeight"
    tall = visit("/ui", user=ada).evaluate(row)
    ada.density = User.Density.COMPACT
    ada.save()
    assert visit("/ui", user=ada).evaluate(row) < tall


def test_nothing_moves_for_who_wants_it_so(visit: Visit, ada: User) -> None:
    page = visit("/ui", user=ada, reduced_motion="reduce")
    assert page.evaluate("document.getAnimations().length") == 0


def test_badges_keep_an_edge_in_forced_colours(visit: Visit, ada: User) -> None:
    page = visit("/ui", user=ada, forced_colors="active")
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.badge')).borderTopWidth") == "1px"
    )


def test_refused_form_has_the_focus_on_its_summary(visit: Visit, ada: User) -> None:
    page = visit("/ui", user=ada)
    assert page.evaluate("document.activeElement.className") == "errors"
    page.click(".errors a >> nth=1")
    assert page.evaluate("location.hash") == "#id_words"


def test_everything_stands_there_without_scripts(visit: Visit, ada: User) -> None:
    page = visit("/ui", user=ada, java_script_enabled=False)
    expect(page.locator("#id_sample_files")).to_be_visible()
    expect(page.locator(".filters .without-script")).to_be_visible()
    page.click("[popovertarget=g-menu]")
    expect(page.locator("#g-menu")).to_be_visible()


def test_keys_walk_the_rows_with_real_focus(page: Page) -> None:
    for keys, number in (("j", "4812"), ("j", "4836"), ("k", "4812")):
        page.keyboard.press(keys)
        row = page.evaluate("document.activeElement.closest('tr').textContent")
        assert number in row


def test_keys_are_letters_inside_a_field(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("jx?")
    assert page.input_value("#search") == "jx?"
    assert not page.evaluate("document.getElementById('shortcuts').open")


def test_question_mark_shows_the_keys(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("j")
    assert page.evaluate("document.querySelector('dialog[open]') !== null")
    page.keyboard.press("Escape")
    expect(page.locator("#shortcuts")).to_be_hidden()


def test_two_keys_in_a_row_go_places(page: Page) -> None:
    page.evaluate("window.stayed = true")
    page.keyboard.press("g")
    with page.expect_navigation():
        page.keyboard.press("u")
    assert page.evaluate("window.stayed") is None


def test_single_keys_can_be_switched_off(visit: Visit, ada: User) -> None:
    ada.single_key_shortcuts = False
    ada.save()
    page = visit("/ui", user=ada)
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.locator("#shortcuts")).to_be_hidden()


def test_note_key_turns_the_composer_into_a_note(page: Page) -> None:
    page.keyboard.press("n")
    expect(page.locator(":focus")).to_have_js_property("tagName", "TEXTAREA")
    expect(page.locator(f"{EDITOR} .composer__said")).to_be_visible()
    expect(page.locator(f"{EDITOR} .split")).to_be_hidden()
    expect(page.get_by_role("button", name="Add note").first).to_be_visible()


def test_too_large_file_is_named_and_the_others_stay(page: Page) -> None:
    page.set_input_files("#id_attachments", [PHOTO, HUGE])
    trouble = page.inner_text(f"{EDITOR} .file-drop__trouble")
    assert "huge.bin" in trouble
    assert "20" in trouble
    assert page.evaluate("document.getElementById('id_attachments').files.length") == 1
    page.click(f"{EDITOR} [aria-label='Remove photo.png']")
    assert page.evaluate("document.getElementById('id_attachments').files.length") == 0


def test_files_survive_a_refused_form(page: Page) -> None:
    markup = page.evaluate("document.querySelector('reply-editor').outerHTML")
    page.route("**/refuse", lambda route: route.fulfill(status=422, body=markup))
    page.evaluate(
        """() => { const form = document.querySelector('reply-editor form');
        form.setAttribute('hx-post', '/refuse'); form.setAttribute('hx-target', 'closest reply-editor');
        form.setAttribute('hx-swap', 'outerHTML'); form.setAttribute('hx-encoding', 'multipart/form-data');
        document.querySelector('reply-editor').old = true; htmx.process(form); }"""
    )
    page.set_input_files("#id_attachments", [PHOTO])
    page.click(f"{EDITOR} [data-send=default] >> visible=true")
    page.wait_for_function("!document.querySelector('reply-editor').old")
    assert page.evaluate("document.getElementById('id_attachments').files[0].name") == "photo.png"


def test_failed_request_keeps_the_text_and_says_so(page: Page) -> None:
    refuse(page, status=500, headers={"X-Request-ID": "abc-123"})
    page.fill(f"{EDITOR} textarea", "My careful answer")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#trouble")).to_contain_text("Not saved")
    expect(page.locator("#trouble")).to_contain_text("abc-123")
    assert page.input_value(f"{EDITOR} textarea") == "My careful answer"
    expect(page.locator(f"{EDITOR} [data-send=default]").first).to_be_enabled()


def test_signed_out_session_offers_to_sign_in_elsewhere(page: Page) -> None:
    refuse(page, status=401, headers={"HX-Trigger": "hd:login"})
    page.focus(f"{EDITOR} textarea")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#trouble [data-sign-in]")).to_be_visible()


def test_lost_line_is_told(page: Page) -> None:
    page.evaluate("dispatchEvent(new Event('offline'))")
    expect(page.locator("#trouble")).to_contain_text("offline")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#trouble")).to_be_hidden()


def test_double_click_sends_once(page: Page) -> None:
    sent: list[str] = []

    def swallow(route: Route) -> None:
        sent.append(route.request.url)

    page.route("**/slow", swallow)
    page.evaluate(
        """() => { document.querySelector('#main').innerHTML =
        '<form method="post" action="/slow"><button name="a" value="1">Go</button></form>' }"""
    )
    busy = page.evaluate(
        """() => { const form = document.querySelector('#main form'), button = form.elements.a;
        form.requestSubmit(button); form.requestSubmit(button); return form.ariaBusy }"""
    )
    page.wait_for_timeout(200)
    assert busy == "true"
    assert len(sent) == 1


def test_draft_is_saved_after_a_pause_and_never_after_sending(page: Page) -> None:
    drafts: list[str] = []

    def keep(route: Route) -> None:
        drafts.append(route.request.post_data or "")
        route.fulfill(status=204)

    page.route("**/draft", keep)
    page.evaluate("document.querySelector('reply-editor').dataset.draftUrl = '/draft'")
    page.locator(f"{EDITOR} textarea").press_sequentially("Good morning", delay=5)
    expect(page.locator(f"{EDITOR} .composer__saved")).to_have_text("Draft saved")
    page.wait_for_timeout(700)
    assert len(drafts) == 1
    assert "Good morning" in drafts[0]
    page.locator(f"{EDITOR} textarea").press_sequentially("!")
    page.evaluate("document.querySelector('reply-editor').stop()")
    page.wait_for_timeout(700)
    assert len(drafts) == 1


def test_failed_draft_is_told(page: Page) -> None:
    page.route("**/draft", lambda route: route.fulfill(status=500))
    page.evaluate("document.querySelector('reply-editor').dataset.draftUrl = '/draft'")
    page.fill(f"{EDITOR} textarea", "Good morning")
    expect(page.locator(f"{EDITOR} .composer__saved")).to_have_text("Draft not saved")


def test_toast_of_the_server_is_shown_and_said(page: Page) -> None:
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('hd:flash', {detail: {text: 'Saved <b>'}}))"
    )
    expect(page.locator("#flash flash-toast")).to_contain_text("Saved <b>")
    expect(page.locator("#polite")).to_have_text("Saved <b>")
    page.click("#flash [data-close]")
    expect(page.locator("#flash flash-toast")).to_have_count(0)


def test_deadline_turns_red_by_itself(page: Page) -> None:
    chip = page.locator("due-chip.sla--risk").first
    chip.evaluate("chip => { chip.id = 'chip'; chip.dataset.due = new Date().toISOString() }")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('hd:tick'))")
    expect(page.locator("#chip")).to_have_class("sla sla--overdue")
    expect(page.locator("#chip")).to_have_text("Overdue 0 m")


def test_menu_opens_beside_its_button_and_stays_on_the_page(page: Page) -> None:
    page.click("[popovertarget=me]")
    box = page.locator("#me").bounding_box()
    assert box
    assert box["x"] + box["width"] <= 1280
    page.keyboard.press("Escape")
    expect(page.locator("#me")).to_be_hidden()


def test_dialog_keeps_the_focus_and_closes(page: Page) -> None:
    page.click("[data-open-dialog=g-dialog]")
    assert page.evaluate("document.activeElement.closest('dialog').id") == "g-dialog"
    page.click("#g-dialog [data-close-dialog]")
    expect(page.locator("#g-dialog")).to_be_hidden()


def refuse(page: Page, *, status: int, headers: dict[str, str]) -> None:
    """Let the composer's form post by htmx and be answered so."""
    page.route("**/refuse", lambda route: route.fulfill(status=status, headers=headers))
    page.evaluate(
        """() => { const form = document.querySelector('reply-editor form');
        form.setAttribute('hx-post', '/refuse'); htmx.process(form); }"""
    )
