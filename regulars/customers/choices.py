from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    PERSON = "person", _("Person")
    ORGANISATION = "organisation", _("Organisation")
    DEPARTMENT = "department", _("Department")


class PointKind(models.TextChoices):
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    ADDRESS = "address", _("Address")
    SOCIAL = "social", _("Social")


class PointState(models.TextChoices):
    USABLE = "usable", _("Usable")
    DOUBTFUL = "doubtful", _("Doubtful")
