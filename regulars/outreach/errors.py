"""Ways in which outreach says no."""

from django.utils.translation import gettext as _

from regulars.core.errors import NotAllowed, NotFound, Refusal


class CampaignNotFound(NotFound):
    """There is no such campaign, or it is not this person's to see."""

    def __init__(self) -> None:
        super().__init__(_("There is no such campaign."), _("Choose one on “Campaigns”."))


class OnlyPlanners(NotAllowed):
    """Whoever writes to many plans campaigns."""

    def __init__(self) -> None:
        super().__init__(
            _("Only an owner or a manager plans campaigns, lets them begin and stops them."),
            _("Ask one of them."),
        )


class OnlyWhoServes(NotAllowed):
    """Thanking is for whoever speaks with customers."""

    def __init__(self) -> None:
        super().__init__(
            _("Whoever only looks on thanks nobody."), _("Ask somebody who looks after customers.")
        )


class CampaignUnclear(Refusal):
    """What it is, when it begins or who calls is not said."""


class StartsInThePast(Refusal):
    """Nothing begins yesterday."""


class NobodyMeant(Refusal):
    """The segment is empty, or nobody in it can be reached by these means."""


class SegmentGone(Refusal):
    """The segment was put away since."""

    def __init__(self) -> None:
        super().__init__(
            _("The segment of this campaign was put away since."),
            _("Throw the campaign away, and write it for another segment."),
        )


class OtherCurrency(Refusal):
    """What it brings could not be set against what it costs."""


class CampaignChanged(Refusal):
    """It is not what whoever approves it has seen."""


class CampaignNotOpen(Refusal):
    """It is no longer in a state for that."""

    def __init__(self) -> None:
        super().__init__(
            _("This campaign is no longer in a state for that."), _("Load the page again.")
        )


class NoWayToHelp(Refusal):
    """There is nothing to ask for, or nothing was offered."""


class WayNotFound(NotFound):
    """There is no such way to help, or nobody offered it."""

    def __init__(self) -> None:
        super().__init__(_("There is no such thing."), _("Look at “Ways to help us”."))
