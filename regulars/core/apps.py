from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "regulars.core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Teach and tell every connection from the first one on: how letters are compared, and what
        # is to be left.
        from regulars.core import connecting, folding  # noqa: F401

        # What rooms register: background work, reactions, import columns, fields, reasons.
        autodiscover_modules(
            "tasks", "receivers", "columns", "fields", "reasons", "undoing", "movers", "erasing"
        )
