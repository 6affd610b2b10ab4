"""What a deployment tells the product: environment variables, nothing a manager would change."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import environ

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env(
    DEBUG=(bool, False),
    SITE_URL=(str, "http://localhost:8000"),
    ALLOWED_HOSTS=(list, []),
    MAIL_TOKEN_KEYS=(list, []),
    FIELD_KEYS=(list, []),
    HTTP_ALLOW=(list, []),
    TRUSTED_PROXIES=(list, []),
    METRICS_TOKEN=(str, ""),
    EMAIL_URL=(str, ""),
    MAIL_AUTHSERV_ID=(str, ""),
    VAR_DIR=(str, str(BASE_DIR / "var")),
    MAIL_SPOOL=(str, ""),
    DEMO=(bool, False),
    DJANGO_ADMIN=(bool, False),
    DJANGO_ADMIN_PATH=(str, "django-admin/"),
    LOG_LEVEL=(str, "INFO"),
    DATABASE_POOL=(bool, False),
    DATABASE_PREPARED=(bool, True),
    CONN_MAX_AGE=(int, 60),
    STATEMENT_TIMEOUT_MS=(int, 5000),
)

# While bin/up runs, manage.py in another terminal finds its engines and keys here.
for _name in ("running.env", "secrets.env"):
    _file = Path(env("VAR_DIR")) / _name
    if os.access(_file, os.R_OK):
        env.read_env(_file)


def broker_url(redis_url: str) -> str:
    """Celery has a spelling of its own for a Redis behind a Unix socket."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={number}"
