"""The ground floor: no domain word may appear here."""

from __future__ import annotations

from django.apps import AppConfig, apps
from django.utils.module_loading import module_has_submodule

# What an app adds to the house by merely having the module; imported lowest floor first.
CONTRIBUTIONS = ("options", "conditions", "panels", "reactions")


class CoreConfig(AppConfig):
    name = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.conf import settings

        # Core is ready first, and all models are loaded by then.
        for name in CONTRIBUTIONS:
            for label in settings.FLOORS:
                _import_if_there(label, name)


def _import_if_there(label: str, name: str) -> None:
    from importlib import import_module

    config = apps.get_app_config(label)
    if config.module is not None and module_has_submodule(config.module, name):
        import_module(f"{config.name}.{name}")
