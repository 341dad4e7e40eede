"""Why an article fits somebody, and the line that goes with it: in whole sentences."""

from datetime import date
from typing import Protocol

from django.utils.translation import gettext as _

from regulars.core.reasons import Line
from regulars.core.templatetags.look import day_words
from regulars.library.choices import Because
from regulars.library.queries.statements import Stated

# Signs that a text would read as a field or a link, in words that go into a message.
_READ_AS_MARKS = str.maketrans(dict.fromkeys("{}[]<>*_`|#"))


class Fits(Protocol):
    """Somebody whom an article fits: kept, or just worked out."""

    @property
    def because(self) -> str: ...

    @property
    def words(self) -> str: ...

    @property
    def said_on(self) -> date | None: ...


def why_it_fits(fit: Fits) -> str:
    """How we know."""
    places = {"what": fit.words, "when": day_words(fit.said_on) if fit.said_on else ""}
    if fit.because == Because.NEED:
        return _("They need this: %(what)s (noted %(when)s).") % places
    if fit.because == Because.INTEREST:
        return _("They care about this: %(what)s (noted %(when)s).") % places
    return _("They bought %(what)s (%(when)s).") % places


def line_for(fit: Fits) -> str:
    """What to write or say with it, to be changed into one's own words."""
    places = {"what": fit.words.translate(_READ_AS_MARKS).strip()}
    if fit.because == Because.NEED:
        return (
            _("You told us what you need: %(what)s. This may help, so I kept it for you.") % places
        )
    if fit.because == Because.INTEREST:
        return _("You once spoke of %(what)s. I thought of you when I read this.") % places
    return _("You had %(what)s from us. This is about it, in case you like to know more.") % places


def standing_of(one: Stated) -> str:
    """Since when a proof stands, or that none does, and what follows."""
    if one.proved_on is None:
        return _("Nothing proves this yet, so no text says it.")
    day = day_words(one.proved_on)
    if not one.is_proved:
        return _("Last proved %(day)s: too long ago, so no text says it any more.") % {"day": day}
    return _("Last proved %(day)s.") % {"day": day}


def line_to_say(one: Stated) -> Line:
    """A statement as a line of a talk, with how we know beside it."""
    line = _("If it comes up, why us: %(claim)s.") % {"claim": one.statement.claim.rstrip(".")}
    return Line(line, one.how_we_know)
