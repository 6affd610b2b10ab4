"""The bundles: complete, in order, small, and what the house vendored is what it was."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command

from core import assets

STATIC = Path(settings.BASE_DIR) / "static"
# screens.md 8, gzipped; customers load the first script only, agents a second of the same size.
CSS_LIMIT, OWN_JS_LIMIT = 24 * 1024, 10 * 1024


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def test_every_file_is_declared_once() -> None:
    styles = [name for names in assets.LAYERS.values() for name in names]
    assert sorted(styles) == sorted(path.stem for path in (STATIC / "css").glob("*.css"))
    scripts = [*assets.OWN_SCRIPTS, *assets.STAFF_SCRIPTS]
    assert sorted(scripts) == sorted(path.stem for path in (STATIC / "js").glob("*.js"))


def test_missing_source_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "OWN_SCRIPTS", ("gone",))
    assert [error.id for error in assets.BundleFinder().check()] == ["core.E001"]


def test_stylesheet_begins_with_the_order_of_layers() -> None:
    sheet = assets.stylesheet()
    assert sheet.startswith("@layer reset, tokens, base, layout, components, pages, utilities;")
    assert "@import" not in sheet
    assert "/*" not in sheet
    assert sheet.count("{") == sheet.count("}")


def test_every_style_lies_in_a_layer() -> None:
    for block in assets.stylesheet().split("@layer ")[2:]:
        assert block.split(" ", 1)[0] in assets.LAYERS


def test_htmx_comes_first_and_each_element_in_its_own_scope() -> None:
    text = assets.script()
    assert text.startswith("var htmx=")
    assert text.count('"use strict";\n') >= len(assets.OWN_SCRIPTS)


def test_bundles_keep_to_their_budget() -> None:
    assert len(gzip.compress(assets.stylesheet().encode())) <= CSS_LIMIT
    for names in (assets.OWN_SCRIPTS, assets.STAFF_SCRIPTS):
        own = "".join((STATIC / "js" / f"{name}.js").read_text() for name in names)
        assert len(gzip.compress(own.encode())) <= OWN_JS_LIMIT


def test_elements_are_short() -> None:
    assert all(len(path.read_text().splitlines()) < 100 for path in (STATIC / "js").glob("*.js"))


def test_htmx_is_the_file_that_was_vendored() -> None:
    for note in (STATIC / "vendor").glob("*.sha256"):
        digest, name = note.read_text().split()
        assert hashlib.sha256((STATIC / "vendor" / name).read_bytes()).hexdigest() == digest
    assert list((STATIC / "vendor").glob("*.sha256"))


def test_finder_knows_the_bundles_and_nothing_else() -> None:
    assert Path(str(finders.find("app.css"))).read_text() == assets.stylesheet()
    assert assets.BundleFinder().find("css/base.css") == []


def test_bundle_is_rewritten_only_when_a_source_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    first = assets.build("app.css").stat().st_mtime_ns
    assert assets.build("app.css").stat().st_mtime_ns == first
    monkeypatch.setitem(assets._BUILDERS, assets.STYLES, lambda: "changed{}")
    assert assets.build("app.css").read_text() == "changed{}"


def test_collectstatic_makes_hashed_bundles(settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "collected"
    manifest = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": manifest}
    call_command("collectstatic", "--noinput", verbosity=0)
    paths = json.loads((settings.STATIC_ROOT / "staticfiles.json").read_text())["paths"]
    hashed = paths["app.css"]
    assert hashed != "app.css"
    assert (settings.STATIC_ROOT / f"{hashed}.gz").exists()
    assert (settings.STATIC_ROOT / paths["app.js"]).read_text().startswith("var htmx=")
    assert "reply-editor" in (settings.STATIC_ROOT / paths["desk.js"]).read_text()


def test_htmx_config_is_the_one_of_the_design() -> None:
    config = json.loads(assets.HTMX_CONFIG)
    assert config["selfRequestsOnly"] is True
    assert config["includeIndicatorStyles"] is False
    assert {"code": "422|409", "swap": True} in config["responseHandling"]
