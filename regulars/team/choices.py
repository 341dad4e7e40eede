"""Roles, and the lists that a business is described with: countries, currencies, time zones."""

import os
from functools import lru_cache
from pathlib import Path
from zoneinfo import available_timezones

from babel import Locale
from babel.core import get_global
from babel.numbers import get_territory_currencies
from django.db import models
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from regulars.core import actor

# Regions of the time zone database in which people live.
_REGIONS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe",
    "Indian", "Pacific",
)  # fmt: skip

LOCALTIME = Path("/etc/localtime")


# In which a business writes to its customers: those for which the frame of a bulletin has words.
LANGUAGES = {
    "en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano",
    "nl": "Nederlands",
}  # fmt: skip

# In the session of an owner who must set up the second step before anything else.
SECOND_STEP_DUE = "second_step_due"


class Role(models.TextChoices):
    OWNER = actor.OWNER, _("Owner")
    MANAGER = actor.MANAGER, _("Manager")
    HELPER = actor.HELPER, _("Helper")
    VIEWER = actor.VIEWER, _("Viewer")


class AbsenceKind(models.TextChoices):
    HOLIDAY = "holiday", _("Holiday")
    ILL = "ill", _("Ill")
    OTHER = "other", _("Something else")


class LinkKind(models.TextChoices):
    FIRST = "first", _("First account")
    JOIN = "join", _("Invitation")
    SIGN_IN = "sign-in", _("Sign-in")


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


def countries() -> list[tuple[str, str]]:
    """Code and name of each country, by name in the reader's language."""
    return _countries(to_locale(get_language() or "en"))


def currencies() -> list[tuple[str, str]]:
    """Code and name of each currency that somebody pays with today."""
    return _currencies(to_locale(get_language() or "en"))


@lru_cache(maxsize=1)
def time_zones() -> list[tuple[str, str]]:
    """Every time zone in which people live, and UTC."""
    lived_in = sorted(z for z in available_timezones() if z.split("/")[0] in _REGIONS)
    return [(zone, zone.replace("_", " ")) for zone in [*lived_in, "UTC"]]


def zone_here() -> str:
    """The time zone that this computer is set to; UTC where it does not say."""
    target = LOCALTIME.resolve().as_posix().partition("zoneinfo/")[2]
    named = os.environ.get("TZ", "").lstrip(":") or target
    return named if named in available_timezones() else "UTC"


def currency_of(country: str) -> str:
    """What is paid with in a country; euro where we do not know."""
    used = get_territory_currencies(country) if country else []
    return used[0] if used else "EUR"


def country_of_zone(zone: str) -> str:
    """The country that a time zone belongs to, or nothing."""
    found: str = get_global("zone_territories").get(zone, "")
    return found if len(found) == 2 and found.isalpha() else ""


@lru_cache(maxsize=8)
def _countries(locale: str) -> list[tuple[str, str]]:
    names = {str(code): name for code, name in Locale.parse(locale).territories.items()}
    two_letters = {code for code in names if len(code) == 2 and code.isalpha()}
    # EU, UN and the like are in the same list, and "ZZ" is nowhere.
    lived_in = two_letters - {"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"}
    return sorted(((code, names[code]) for code in lived_in), key=lambda pair: pair[1])


@lru_cache(maxsize=8)
def _currencies(locale: str) -> list[tuple[str, str]]:
    names = Locale.parse(locale).currencies
    paid = {
        code for country, _name in _countries("en") for code in get_territory_currencies(country)
    }
    return [(code, f"{code} · {names.get(code, code)}") for code in sorted(paid)]
