"""One Chromium for a worker's tests; where closing a page hangs, it is ended and another one starts."""

from __future__ import annotations

import warnings
from threading import Timer
from typing import Any

import psutil
from playwright.sync_api import Browser, BrowserContext, Error, Playwright

CLOSING_SECONDS = 30


class Chromium:
    """Chromium now and then never answers that a page is closed, and Playwright waits for ever."""

    def __init__(self, playwright: Playwright, program: str) -> None:
        self._playwright, self._program = playwright, program
        self._browser = self._launch()

    def _launch(self) -> Browser:
        return self._playwright.chromium.launch(
            executable_path=self._program, args=["--no-sandbox"]
        )

    def new_context(self, **options: Any) -> BrowserContext:
        if not self._browser.is_connected():
            self._browser = self._launch()
        return self._browser.new_context(**options)

    def close_context(self, context: BrowserContext) -> None:
        """Closes it, with the whole browser if it has to be."""
        patience = Timer(CLOSING_SECONDS, _end_browsers)
        patience.start()
        try:
            context.close()
        except Error as failure:
            warnings.warn(f"Chromium was ended: {failure.message}", stacklevel=2)
        finally:
            patience.cancel()

    def close(self) -> None:
        if self._browser.is_connected():
            self._browser.close()


def _end_browsers() -> None:
    for child in psutil.Process().children(recursive=True):
        if "chrom" in child.name():
            child.kill()
