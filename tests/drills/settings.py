"""The product's settings for drills: plain static files, quick password hashes, short waits."""

from helpdesk.settings import *  # noqa: F403 -- settings are names

INSTALLED_APPS += ["tests.drills.witness.WitnessConfig"]  # noqa: F405 -- from the star above
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = None  # `bin/up`, tried beside the drills, replaces what is collected
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
