from django.apps import AppConfig


class BulletinsConfig(AppConfig):
    name = "regulars.bulletins"
    default_auto_field = "django.db.models.BigAutoField"
