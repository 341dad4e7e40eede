from django.apps import AppConfig


class OffersConfig(AppConfig):
    name = "regulars.offers"
    default_auto_field = "django.db.models.BigAutoField"
