"""As few settings as django-helpdesk runs with, in a database and an environment of its own."""

from __future__ import annotations

import os

DEBUG = False
SECRET_KEY = "bench" * 12
ALLOWED_HOSTS = ["testserver"]
ROOT_URLCONF = "urls"
USE_TZ = True
STATIC_URL, MEDIA_ROOT = "/static/", os.environ["REFERENCE_DIR"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# It writes and hands over its mail before it answers. A file is the quickest relay there is.
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = os.path.join(os.environ["REFERENCE_DIR"], "mail")
LOGIN_URL = "helpdesk:login"
SITE_ID = 1
HELPDESK_TEAMS_MODE_ENABLED = False
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.sites",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "helpdesk",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "reference",
        "HOST": os.environ["REFERENCE_HOST"],
        "USER": os.environ["REFERENCE_USER"],
        "CONN_MAX_AGE": None,
    }
}
