"""Departures in words: why, since when, who said so and how sure that is."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from regulars.core.templatetags.look import day_words
from regulars.departures.choices import DepartureState
from regulars.departures.models import Departure


@dataclass(frozen=True, slots=True)
class Said:
    """One departure as a page shows it."""

    departure: Departure
    title: str
    when: str


def said(departure: Departure) -> Said:
    """Why they left, and what became of it."""
    title = departure.get_reason_display()
    if departure.state == DepartureState.STAYS:
        title = departure.get_state_display()
    return Said(departure, str(title), _when(departure))


def _when(departure: Departure) -> str:
    places = {
        "left": day_words(departure.left_on),
        "who": departure.get_said_by_display(),
        "sure": departure.get_sureness_display(),
        "back": day_words(departure.back_on or departure.ended_at or departure.recorded_at),
    }
    if departure.state == DepartureState.BACK:
        return _("left %(left)s; came back %(back)s") % places
    if departure.state == DepartureState.STAYS:
        return _("they told us %(told)s") % {"told": day_words(departure.recorded_at)}
    if departure.state == DepartureState.CORRECTED:
        return _("left %(left)s; %(who)s, %(sure)s; written anew since") % places
    return _("left %(left)s; %(who)s, %(sure)s") % places
