from django.db import models
from django.utils.translation import gettext_lazy as _


class What(models.TextChoices):
    CUSTOMERS = "customers", _("Customers")
    LETTERS = "letters", _("Addresses for letters, one for each household")
    ORDERS = "orders", _("Orders and their goods")
    EVERYTHING = "everything", _("Everything that is kept here")


class Format(models.TextChoices):
    CSV = "csv", _("CSV, which every program reads")
    XLSX = "xlsx", _("XLSX, a workbook for Excel and LibreOffice")
    VCARD = "vcard", _("vCard 4.0, for address books")
    PARQUET = "parquet", _("Parquet, for programs that count")


class Kind(models.TextChoices):
    """What stands in a column."""

    TEXT = "text"
    PHONE = "phone"
    COUNT = "count"
    AMOUNT = "amount"
    DAY = "day"
    MOMENT = "moment"
    FLAG = "flag"
