from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CustomersConfig(AppConfig):
    name = "regulars.customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from regulars.customers.pointing import tighten_keys

        post_migrate.connect(tighten_keys, sender=self, dispatch_uid="regulars.customers.pointing")
