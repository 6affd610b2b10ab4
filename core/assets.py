"""One stylesheet and two scripts out of many small files, in the order declared here.

Everybody loads `app.js`; the pages of staff load `desk.js` after it, so that what only agents need
costs no customer a byte.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage

STYLES = "app.css"
SCRIPTS = "app.js"
DESK_SCRIPTS = "desk.js"
BUNDLES = (STYLES, SCRIPTS, DESK_SCRIPTS)

LAYERS: dict[str, tuple[str, ...]] = {
    "reset": ("reset",),
    "tokens": ("tokens",),
    "base": ("base",),
    "layout": ("layout",),
    "components": (
        "nav", "button", "menu", "chip", "badge", "avatar", "field", "form", "conditions",
        "effects", "targets", "swatch", "table", "queue", "bulk", "card", "facts", "notice",
        "notices", "dialog", "empty", "report", "thread", "file", "chat", "composer",
    ),
    "pages": ("desk", "portal", "request", "door", "gallery"),
    "utilities": ("utilities", "print"),
}  # fmt: skip
VENDOR_SCRIPTS = ("htmx-2.0.11.min",)
OWN_SCRIPTS = (
    "trusted-html", "pulse", "time-ago", "due-chip", "flash-toast", "form-guard", "open-dialog",
    "auto-submit", "file-drop",
)  # fmt: skip
STAFF_SCRIPTS = (
    "reply-editor",
    "reply-picker",
    "compose-keys",
    "mark-down",
    "mention-list",
    "hot-keys",
    "command-palette",
    "row-selection",
    "bulk-bar",
    "list-place",
    "ticket-page",
    "copy-text",
)

HTMX_CONFIG = json.dumps(
    {
        "allowEval": False,
        "allowScriptTags": False,
        "selfRequestsOnly": True,
        "includeIndicatorStyles": False,
        "historyCacheSize": 0,
        "responseHandling": [
            {"code": "204", "swap": False},
            {"code": "[23]..", "swap": True},
            {"code": "422|409", "swap": True},
            {"code": "[45]..", "swap": False, "error": True},
        ],
    },
    separators=(",", ":"),
)

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_BLANK = re.compile(r"\s*\n\s*")


class BundleFinder(BaseFinder):
    """Shows the two bundles to collectstatic, runserver and whitenoise as ordinary files."""

    def check(self, **_kwargs: Any) -> list[CheckMessage]:
        """Name every declared source that does not exist."""
        missing = [path for path in _sources() if not path.is_file()]
        return [Error(f"{path.name} is declared but missing", id="core.E001") for path in missing]

    def find(
        self,
        path: str,
        find_all: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        **_kwargs: Any,
    ) -> Any:
        """The bundle built from its sources as they are now, or nothing for any other path."""
        if path not in BUNDLES:
            return []
        built = str(build(path))
        return [built] if find_all else built

    def list(self, _ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, Any]]:
        """All bundles for collectstatic."""
        storage = FileSystemStorage(location=_folder())
        for name in BUNDLES:
            build(name)
            yield name, storage


def build(name: str) -> Path:
    """Write the bundle `name` if it differs from what lies there, and return its path."""
    text = _BUILDERS[name]()
    target = _folder() / name
    if not target.is_file() or target.read_text(encoding="utf-8") != text:
        _replace(target, text)
    return target


def stylesheet() -> str:
    """All styles, each in its layer; comments and indentation stay in the sources."""
    order = f"@layer {', '.join(LAYERS)};"
    layers = (
        f"@layer {layer} {{\n{''.join(_squeezed(_style(name)) for name in names)}}}"
        for layer, names in LAYERS.items()
    )
    return "\n".join([order, *layers, ""])


def script() -> str:
    """htmx as it came, then our elements, each in a scope of its own."""
    vendor = [_read(_vendor(name)) for name in VENDOR_SCRIPTS]
    return "\n".join([*vendor, *map(_scoped, OWN_SCRIPTS), ""])


def staff_script() -> str:
    """The elements that only the pages of staff use."""
    return "\n".join([*map(_scoped, STAFF_SCRIPTS), ""])


_BUILDERS: dict[str, Callable[[], str]] = {
    STYLES: stylesheet,
    SCRIPTS: script,
    DESK_SCRIPTS: staff_script,
}


def _scoped(name: str) -> str:
    return f'(() => {{\n"use strict";\n{_read(_script(name))}}})();'


def _sources() -> list[Path]:
    styles = [_style(name) for names in LAYERS.values() for name in names]
    return [*styles, *map(_vendor, VENDOR_SCRIPTS), *map(_script, OWN_SCRIPTS + STAFF_SCRIPTS)]


def _style(name: str) -> Path:
    return _static() / "css" / f"{name}.css"


def _script(name: str) -> Path:
    return _static() / "js" / f"{name}.js"


def _vendor(name: str) -> Path:
    return _static() / "vendor" / f"{name}.js"


def _static() -> Path:
    return Path(settings.BASE_DIR) / "static"


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "bundles"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _squeezed(path: Path) -> str:
    return _BLANK.sub("\n", _COMMENT.sub("", _read(path))).lstrip()


def _replace(target: Path, text: str) -> None:
    # Several web workers may build at once: each writes its own file, the last rename wins.
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=target.name)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    Path(name).chmod(0o644)
    Path(name).replace(target)
