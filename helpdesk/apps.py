"""Makes our Celery app the one that every thread of web, worker and commands pokes through."""

from __future__ import annotations

from django.apps import AppConfig


class HelpdeskConfig(AppConfig):
    name = "helpdesk"

    def ready(self) -> None:
        from helpdesk.celery import app

        # Celery's current app is one per thread; without a default, granian's threads fall back
        # to a broker nobody runs.
        app.set_default()
        _say_what_is_unfinished()


def _say_what_is_unfinished() -> None:
    from core.registries import shell_facts
    from helpdesk.demo.progress import unfinished_words

    shell_facts.register("unfinished", unfinished_words)
