"""Every setting, read from the environment through typed readers; see `.env.example`."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF

from regulars.config.environment import (
    env_database,
    env_folder,
    env_list,
    env_number,
    env_text,
    env_yes,
    kept_secret,
    senders_for,
)

# A fit adds long columns: threads of numpy's own gain nothing there, and wait for one another.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

PACKAGE = Path(__file__).resolve().parent.parent

HOME = env_folder("REGULARS_HOME", Path.home() / ".local" / "share" / "regulars")
PUBLIC_URL = env_text("PUBLIC_URL")
DEBUG = env_yes("REGULARS_DEBUG", default=False)
SECRET_KEY = env_text("REGULARS_SECRET_KEY") or kept_secret(HOME / "secret_key")
ALLOWED_HOSTS = env_list("REGULARS_HOSTS") or ["127.0.0.1", "localhost", "[::1]"]
if PUBLIC_URL:
    ALLOWED_HOSTS.append(urlsplit(PUBLIC_URL).hostname or "")
BEHIND_TLS = PUBLIC_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if PUBLIC_URL else []

INSTALLED_APPS = [
    "regulars.core",
    "regulars.team",
    "regulars.intake",
    "regulars.customers",
    "regulars.consent",
    "regulars.promises",
    "regulars.messaging",
    "regulars.orders",
    "regulars.conversations",
    "regulars.insight",
    "regulars.verdicts",
    "regulars.lists",
    "regulars.cases",
    "regulars.care",
    "regulars.helping",
    "regulars.mentions",
    "regulars.learning",
    "regulars.goals",
    "regulars.exports",
    "regulars.offers",
    "regulars.notes",
    "regulars.departures",
    "regulars.library",
    "regulars.bulletins",
    "regulars.prices",
    "regulars.planning",
    "regulars.outreach",
    "regulars.recovery",
    "regulars.demo",
    "regulars.desk",
    "regulars.portal",
    "regulars.cli",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "django_vite",
    "csp",
    "lucide",
    "template_partials.apps.SimpleAppConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "regulars.desk.middleware.BrowserRules",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "regulars.desk.middleware.SessionLimits",
    "regulars.desk.middleware.BusinessTime",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "regulars.core.middleware.AnswerRefusals",
    "regulars.core.middleware.TextOnly",
    "regulars.desk.middleware.StaffOnly",
    "regulars.desk.middleware.SecondStepFirst",
]

ROOT_URLCONF = "regulars.config.urls"
WSGI_APPLICATION = "regulars.config.wsgi.application"

TEMPLATE_LOADERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    TEMPLATE_LOADERS
                    if DEBUG
                    else [("django.template.loaders.cached.Loader", TEMPLATE_LOADERS)],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "regulars.desk.context.shell",
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "django.templatetags.i18n",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": env_database("DATABASE_URL", HOME)}
# How many processes send under one `serve`.
SENDERS = env_number("REGULARS_SENDERS", senders_for(DATABASES["default"]))
# How many processes answer pages under one `serve`.
WEB_PROCESSES = max(1, env_number("REGULARS_WEB_PROCESSES", 1))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

AUTH_USER_MODEL = "team.Member"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_ADAPTER = "regulars.team.adapter.TeamAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_PREVENT_ENUMERATION = True
# Another password ends all other sessions by itself; the one that changed it stays.
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "regulars.team.forms.SignInForm",
    "reauthenticate": "regulars.team.forms.OnceMoreForm",
    "change_password": "regulars.team.forms.ChangePasswordForm",
    "set_password": "regulars.team.forms.SetPasswordForm",
}
MFA_ADAPTER = "regulars.team.adapter.SecondStep"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:today"
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_NAME = "__Host-regulars" if BEHIND_TLS else "regulars"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_TLS
CSRF_COOKIE_NAME = "__Host-regulars_csrf" if BEHIND_TLS else "regulars_csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "regulars.desk.views.stale_form"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = BEHIND_TLS
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 0
# Vite puts the hash of the content into the name: such a file never changes.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[.-][0-9A-Za-z_-]{8}\..+$"
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": PACKAGE / "core" / "static" / "dist" / "manifest.json",
        "static_url_prefix": "dist",
    }
}
MEDIA_ROOT = HOME / "files"
# Nothing said: in the instance's folder.
BACKUPS = env_text("REGULARS_BACKUPS")
BACKUP_KEY = env_text("REGULARS_BACKUP_KEY")
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_TEMP_DIR = str(env_folder("REGULARS_UPLOADS", HOME / "uploads"))
INBOX = env_folder("REGULARS_INBOX", HOME / "inbox")
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
# A megabyte of typed text, each letter nine bytes in a form, still gets its own sentence.
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
MAX_UPLOAD_BYTES = env_number("REGULARS_MAX_UPLOAD_MB", 500) * 1024 * 1024

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

# What is due every day; the worker reads it.
SCHEDULE = "regulars.config.schedule.DAILY"

INSIGHT_ENGINE = env_text("REGULARS_ENGINE", "duckdb")
# The machine's memory and cores that one counting may take.
ENGINE_MEMORY_MB = env_number("REGULARS_ENGINE_MEMORY_MB", 2048)
ENGINE_THREADS = env_number("REGULARS_ENGINE_THREADS", 2)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"links": {"()": "regulars.config.logs.HideLinks"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["links"],
        }
    },
    "root": {"handlers": ["stderr"], "level": env_text("REGULARS_LOG_LEVEL", "WARNING")},
}
