"""What a deployment tells the product: environment variables, nothing a manager would change."""

from __future__ import annotations

from pathlib import Path

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
    CONN_MAX_AGE=(int, 60),
    STATEMENT_TIMEOUT_MS=(int, 5000),
)
