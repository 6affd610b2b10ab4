"""What is looked at on every page: axe, sideways scrolling, targets, a picture for people."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page, expect

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
THEMES = ("light", "dark")
WIDTHS = (1280, 390, 320)
HEIGHT = 900

SMALL_TARGETS = """() => [...document.querySelectorAll("a[href], button, select, input, summary")]
    .filter(target => target.checkVisibility({visibilityProperty: true, opacityProperty: true}))
    .filter(target => !target.matches("[aria-hidden=true][tabindex='-1']"))
    .filter(target => !target.closest("p, .link, dd") || target.matches("button, select"))
    .map(target => [target, (target.closest("label") || target).getBoundingClientRect()])
    .filter(([target, box]) => box.width && box.height && (box.width < 24 || box.height < 24))
    .filter(([target]) => !target.matches(".check, .switch, .ticket-link"))
    .map(([target, box]) => `${target.outerHTML.slice(0, 90)} ${box.width}x${box.height}`)"""
LOOK = """rules => axe.run({runOnly: rules, resultTypes: ["violations"]}).then(found =>
    found.violations.map(item => `${item.id}: ` + item.nodes.slice(0, 4).map(node => node.target)))"""
# A theme changes colours and nothing else: in the second one only they are looked at.
LOOKS = {"light": RULES, "dark": ["color-contrast"]}
# Nothing of what has the focus can be seen: a bar lies over it (WCAG 2.4.11).
COVERED = """() => { const focus = document.activeElement, box = focus.getBoundingClientRect();
    if (!box.width || focus === document.body || focus.matches('.skip, textarea, [type=file]')) return '';
    const inset = [[.5, .5], [.1, .5], [.9, .5], [.5, .1], [.5, .9]];
    const seen = inset.some(([x, y]) => { const top = document.elementFromPoint(box.x + box.width * x, box.y + box.height * y);
        return top && (top === focus || focus.contains(top) || top.contains(focus) || focus.closest('label')?.contains(top)); });
    return seen ? '' : focus.outerHTML.slice(0, 120); }"""
# Letters twice as large (WCAG 1.4.4): what a box of a fixed height cuts, what leaves its button.
ENLARGE = "size => { document.documentElement.style.fontSize = size; }"
CUT = """() => [...document.querySelectorAll("a, button, label, summary, select, th, td, h1, h2, h3, p, li, dt, dd")]
    .filter(one => one.innerText?.trim() && one.checkVisibility({visibilityProperty: true}))
    .filter(one => !one.closest(".skip, [popover]:not(:popover-open)") && !one.matches("select"))
    .filter(one => getComputedStyle(one).clipPath === "none" && !one.closest(".hidden-text"))
    .filter(one => getComputedStyle(one).overflowY !== "visible" && one.scrollHeight > one.clientHeight + 6
        || getComputedStyle(one).display !== "inline" && one.matches("a, button, th")
            && one.scrollHeight > one.clientHeight + 6)
    .map(one => one.outerHTML.slice(0, 90))"""
DRESS = "theme => { document.documentElement.dataset.theme = theme; scrollTo(0, 0) }"
KEPT_PICTURES = {("light", 1280), ("dark", 390)}


def violations(page: Page, *rules: str) -> list[str]:
    """What axe says against the page: rule and places."""
    page.evaluate("scrollTo(0, 0)")  # a sticky bar over a control would count against its size
    options = {"runOnly": [*RULES, *rules]}
    found: list[dict[str, Any]] = Axe().run(page, options=options).response["violations"]
    return [f"{item['id']}: {[node['target'] for node in item['nodes']][:5]}" for item in found]


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def small_targets(page: Page) -> list[str]:
    """Controls below 24 px (WCAG 2.5.8), those with a larger label or row around them left out."""
    return list(page.evaluate(SMALL_TARGETS))


def covered_on_the_way(page: Page, *, tabs: int) -> list[str]:
    """What had the focus below a bar while the Tab key was pressed so often."""
    found = []
    for _ in range(tabs):
        page.keyboard.press("Tab")
        if covered := page.evaluate(COVERED):
            found.append(covered)
    return found


def enlarged(page: Page) -> list[str]:
    """What goes wrong in a window of 1280 px when the root's text is twice as large."""
    page.set_viewport_size({"width": 1280, "height": HEIGHT})
    page.evaluate(ENLARGE, "200%")
    found = [f"200 %: {more} px too wide"] if (more := sideways(page)) > 0 else []
    found += [f"200 %: cut {what}" for what in page.evaluate(CUT)]
    page.evaluate(ENLARGE, "")
    return found


def take_picture(page: Page, name: str) -> None:
    """Keep the whole page below build/screenshots, for people to look at."""
    folder = Path(settings.BASE_DIR) / "build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)


def settled(page: Page) -> None:
    """What came last is heard: for 20 ms after it came, a choice made in it would be lost.

    The browser itself gives the focus to what asks for it, before htmx has listened to it.
    """
    expect(page.locator(".htmx-request, .htmx-added, .htmx-settling")).to_have_count(0)


def complaints(page: Page, name: str) -> list[str]:
    """What is wrong with the page that is open, in either theme and at every width.

    Loaded once: the window and the theme change under it, as they do under a reader.
    """
    found = []
    page.emulate_media(reduced_motion="reduce")  # colours on their way would be judged
    settled(page)
    page.evaluate(AXE_SCRIPT)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found += [f"{width}: {more} px too wide"] if (more := sideways(page)) > 0 else []
        found += [f"{width}: small {target}" for target in small_targets(page)]
        for theme, rules in LOOKS.items():
            page.evaluate(DRESS, theme)
            found += [f"{theme} {width}: {said}" for said in page.evaluate(LOOK, rules)]
            if (theme, width) in KEPT_PICTURES:
                take_picture(page, f"{name}-{theme}-{width}")
    return found + enlarged(page)
