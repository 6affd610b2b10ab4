"""Django settings: deployment comes from the environment, what managers change is rows."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF

from accounts.form_names import ACCOUNT_FORMS, MFA_FORMS  # noqa: F401 -- settings of allauth
from helpdesk.environment import BASE_DIR, broker_url, env
from helpdesk.log_lines import json_lines

# ---------------------------------------------------------------- deployment
DEBUG = env("DEBUG")
SECRET_KEY = env("SECRET_KEY")
SITE_URL = env("SITE_URL").rstrip("/")
_site = urlsplit(SITE_URL)
IS_SECURE = _site.scheme == "https"
ALLOWED_HOSTS = env("ALLOWED_HOSTS") or [_site.hostname or "localhost"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
TRUSTED_PROXIES = env("TRUSTED_PROXIES")
VAR_DIR = Path(env("VAR_DIR"))
FILES_DIR = VAR_DIR / "files"
MAIL_SPOOL = Path(env("MAIL_SPOOL") or VAR_DIR / "spool")
MAIL_TOKEN_KEYS = env("MAIL_TOKEN_KEYS") or [f"mail:{SECRET_KEY}"]
MAIL_AUTHSERV_ID = env("MAIL_AUTHSERV_ID")
FIELD_KEYS = env("FIELD_KEYS")
HTTP_ALLOW = env("HTTP_ALLOW")
METRICS_TOKEN = env("METRICS_TOKEN")
DEMO = env("DEMO")
DJANGO_ADMIN = env("DJANGO_ADMIN")
DJANGO_ADMIN_PATH = env("DJANGO_ADMIN_PATH")

# ---------------------------------------------------------------- apps, lowest floor first
FLOORS = [
    "core",
    "calendars",
    "accounts",
    "customers",
    "notifications",
    "tickets",
    "sla",
    "mailpipe",
    "automation",
    "desk",
    "portal",
    "api",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    *FLOORS,
    "helpdesk",
]
if DJANGO_ADMIN:
    INSTALLED_APPS.insert(0, "django.contrib.admin")

MIDDLEWARE = [
    "core.middleware.request_id",
    "core.middleware.client_address",
    "api.problems.no_pages",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.security_headers",
    "core.middleware.slashless",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.refusals",
    "accounts.middleware.reader",
    "accounts.middleware.gate",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
]
ROOT_URLCONF = "helpdesk.urls"
WSGI_APPLICATION = "helpdesk.wsgi.application"
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.shell",
            ],
            "builtins": ["template_partials.templatetags.partials"],
        },
    }
]

# ---------------------------------------------------------------- database, cache, sessions
_TIMES_ASKED = 5  # of one connection, before a statement is worth preparing
DATABASES = {"default": env.db("DATABASE_URL")}
DATABASES["default"] |= {
    "ENGINE": "django.db.backends.postgresql",
    "CONN_MAX_AGE": 0 if env("DATABASE_POOL") else env("CONN_MAX_AGE"),
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {
        "options": f"-c statement_timeout={env('STATEMENT_TIMEOUT_MS')} -c lock_timeout=2000",
        **({"pool": True} if env("DATABASE_POOL") else {}),
        # Hot statements only (core.compiled): others bind in the client and are never prepared.
        "prepare_threshold": _TIMES_ASKED if env("DATABASE_PREPARED") else None,
    },
}
REDIS_URL = env("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "core.cache.PatientCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "helpdesk",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_NAME = "__Host-session" if IS_SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_SECURE else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "core.errors.csrf_failure"

# ---------------------------------------------------------------- people
AUTH_USER_MODEL = "accounts.User"
# The address is unique whatever its case, by a constraint this check does not know.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/authentication/login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.tokens.ResetKeys"  # noqa: S105 -- a class
PASSWORD_RESET_TIMEOUT = int(timedelta(hours=2).total_seconds())
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
# Other devices are signed out by accounts.signals, this one stays.
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = _site.scheme
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = True
# Wrong passwords are counted by accounts.throttle; by account alone a stranger could lock it.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "100/15m/ip",
    "reset_password": "100/15m/ip",
    "request_login_code": "100/15m/ip",
    # A second post of one form is no flood; how many mails leave is accounts.throttle's matter.
    "confirm_email": "20/15m/key",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
# A code lives 90 s, for clocks that differ; accounts.second_factor lets each in once.
MFA_TOTP_TOLERANCE = 1
USERSESSIONS_TRACK_ACTIVITY = False

# ---------------------------------------------------------------- mail out, tasks
EMAIL_BACKEND = "mailpipe.backend.OutboxBackend"
SMTP = env.email_url("EMAIL_URL") if env("EMAIL_URL") else None
CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE = {
    # A sweep that waited longer than until the next one has nothing left to do.
    "core.sweep": {"task": "core.sweep", "schedule": 10.0, "options": {"expires": 10}},
    # One look into the folder when idle; a mail stands in the queue within 5 s (mail.md).
    "mailpipe.drain": {"task": "mailpipe.drain", "schedule": 2.0, "options": {"expires": 2}},
}
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 30, "socket_connect_timeout": 0.3}

# ---------------------------------------------------------------- words and times
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# ---------------------------------------------------------------- files
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "core.assets.BundleFinder",
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "core.upload_room.RoomyUploads",
]

# ---------------------------------------------------------------- security
SECURE_SSL_REDIRECT = IS_SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if IS_SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
# Reported to nobody but the browser's console, which stays empty (docs/security.md).
CONTENT_SECURITY_POLICY_REPORT_ONLY = {
    "DIRECTIVES": {
        "default-src": None,
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["default"],
    }
}

# ---------------------------------------------------------------- logs
LOGGING = json_lines(env("LOG_LEVEL"))
