"""Ways insight says no."""

from django.utils.translation import gettext as _

from regulars.core.errors import Refusal
from regulars.insight.choices import Tier


class DayNotOver(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("Nobody can count a day that has not come yet."),
            _("Choose today or a day before it."),
        )


class ReasonMissing(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("A tier set by hand needs its reason."),
            _("Write in a few words why, so that the next person knows."),
        )


class EndIsPast(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("A tier cannot be set until a day that has come already."),
            _("Choose a day after today, or none."),
        )


class TooManyToList(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(
            _("These are too many to be listed one by one: %(most)s at most.") % {"most": most},
            _("Narrow the list of customers down by what they bought instead."),
        )


class NoSuchModel(Refusal):
    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(
            _("There is no model called “%(name)s”.") % {"name": name},
            _("Choose one of these: %(known)s.") % {"known": ", ".join(known)},
        )


class TooFewCameBack(Refusal):
    def __init__(self, least: int) -> None:
        super().__init__(
            _("Too few to tell: a model needs %(least)s customers who came back.")
            % {"least": least},
            _("Ask for the chances instead, which each customer's own rhythm gives."),
        )


class NoSuchFigure(Refusal):
    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(
            _("There is nothing called “%(name)s” to show.") % {"name": name},
            _("Choose one of these: %(known)s.") % {"known": ", ".join(known)},
        )


class NoSuchTier(Refusal):
    def __init__(self, said: str) -> None:
        known = ", ".join(str(label) for label in Tier.labels)
        super().__init__(
            _("“%(said)s” is not a tier.") % {"said": said[:40]},
            _("The tiers are: %(known)s.") % {"known": known},
        )
