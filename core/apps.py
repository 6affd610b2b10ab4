"""The ground floor: no domain word may appear here."""

from __future__ import annotations

from datetime import timedelta

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule

# What an app adds to the house by merely having the module; imported lowest floor first.
CONTRIBUTIONS = ("options", "conditions", "triggers", "effects", "panels", "reactions")


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.conf import settings

        _register_own()
        # Core is ready first, and all models are loaded by then.
        for name in CONTRIBUTIONS:
            for label in settings.FLOORS:
                _import_if_there(label, name)


def _import_if_there(label: str, name: str) -> None:
    from importlib import import_module

    config = apps.get_app_config(label)
    if config.module is not None and module_has_submodule(config.module, name):
        import_module(f"{config.name}.{name}")


def _register_own() -> None:
    from django.db.backends.signals import connection_created

    from core import checks, system, timers
    from core import theme as _brand_colour  # noqa: F401 -- declares its option, whoever asks first
    from core.housekeeping import drop_orphans, tidy
    from core.jobs import run_due
    from core.moments_read import read_quickly
    from core.registries import sweeps
    from core.sweeping import seldom

    connection_created.connect(read_quickly, dispatch_uid="core.read_quickly")
    sweeps.register("core.jobs", run_due)
    sweeps.register("core.timers", timers.act_on_due)
    sweeps.register("core.tidy", seldom("core.tidy", every=timedelta(hours=1))(tidy))
    sweeps.register("core.orphans", seldom("core.orphans", every=timedelta(days=1))(drop_orphans))
    checks.register()
    system.register()
