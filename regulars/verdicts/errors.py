"""Ways in which a control group is refused."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotFound, Refusal


class NeverWithheld(Refusal):
    """What serves somebody was to be kept from them by lot."""

    def __init__(self) -> None:
        super().__init__(
            _("What serves, thanks, informs or makes good is never kept from anybody."),
            _("Only what asks or sells can have a control group."),
        )


class TooFew(Refusal):
    """A list so short that leaving some out would say nothing, not even with others."""


class LotHasFallen(Refusal):
    """Who is left out was decided already."""


class TrialNotFound(NotFound):
    def __init__(self) -> None:
        super().__init__(_("There is no verdict on that."))
