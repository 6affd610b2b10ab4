"""A person at a page: every click and every key counts, a field that is filled counts once."""

from __future__ import annotations

from playwright.sync_api import Locator, Page


class Hands:
    """What screens.md 8 counts: `actions` is how often somebody did something."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.actions = 0

    def click(self, target: Locator, *, holding: str = "") -> None:
        """Press a mouse button on it, with a key held down or without."""
        self.actions += 1
        target.click(modifiers=["Shift"] if holding else None)

    def press(self, keys: str) -> None:
        """One key, or several held together."""
        self.actions += 1
        self.page.keyboard.press(keys)

    def type(self, text: str) -> None:
        """Write where the focus is; a keyword of the picker counts like a field."""
        self.actions += 1
        self.page.keyboard.type(text)

    def fill(self, name: str, text: str) -> None:
        """Write into the field of this name."""
        self.actions += 1
        self.page.locator(f"main [name={name}]").fill(text)

    def choose(self, name: str, option: str) -> None:
        """Choose in the list of this name."""
        self.actions += 1
        self.page.locator(f"main [name={name}]").select_option(option)
