from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "regulars.portal"
    default_auto_field = "django.db.models.BigAutoField"
