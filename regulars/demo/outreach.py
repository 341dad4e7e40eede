"""What Juniper & Rye plans to say to its trade, and how customers help it since the fire."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from regulars.core.actor import SYSTEM
from regulars.demo.planning import trade_name
from regulars.demo.queries import sample_customers
from regulars.demo.scene import SOURCE, Scene
from regulars.demo.team import NORA
from regulars.insight.choices import Tier
from regulars.lists.models import Segment
from regulars.outreach.actions.helping import note_way, offer_help, thank_for_help
from regulars.outreach.actions.planning import CampaignDraft, write_campaign
from regulars.outreach.choices import CampaignKind, Means, WayKind
from regulars.outreach.models import Campaign, HelpOffered, HelpWay
from regulars.team.models import Member

# How many of them are called at most, and for how many days.
CALLS, DAYS = 12, 14


def _ways() -> tuple[tuple[WayKind, str, str], ...]:
    return (
        (WayKind.VOUCHER, _("Buy a voucher now, for bread later"),
         _("At the till, from ten pounds. It paid for the second oven.")),
        (WayKind.PREORDER, _("Order your Christmas bread by the first of December"),
         _("We bake what was ordered, and nothing is thrown away.")),
        (WayKind.BULLETIN, _("Tell a neighbour that we are open again"),
         _("Our news is on the door and on our page.")),
    )  # fmt: skip


@transaction.atomic
def let_them_help(staff: Mapping[str, Member], scene: Scene) -> None:
    """Three ways; one of the core has been thanked for theirs, another not yet."""
    forget_help()
    nora = staff[NORA].actor
    said = scene.moment(scene.ago(20), 10, 0)
    ways = [note_way(kind, words=words, how=how, by=nora, at=said) for kind, words, how in _ways()]
    HelpWay.objects.filter(pk__in=[way.pk for way in ways]).update(source=SOURCE)
    core = sample_customers().filter(facts__tier=Tier.CORE, manager=staff[NORA], kind="person")
    told = (
        (ways[:1], _("Thirty pounds’ worth, and keep the change."), 12),
        (ways[1:], _("Two stollen, as every year. I have told the whole choir."), 2),
    )
    # Those who come most often; the last to answer still waits to be thanked.
    for customer, (chosen, words, ago) in zip(
        core.order_by("-facts__stake_minor", "name"), told, strict=False
    ):
        at = scene.moment(scene.ago(ago), 18, 20)
        link = f"{SOURCE}:{customer.pk}"
        offered = offer_help(customer, chosen, words=words, link=link, by=SYSTEM, at=at)
        if ago > DAYS // 2:
            thank_for_help(offered, by=nora, at=at + timedelta(days=1))


@transaction.atomic
def write_a_campaign(staff: Mapping[str, Member], scene: Scene, *, at: datetime) -> None:
    """Calls to the trade before Christmas: written, and waiting for somebody to approve it."""
    Campaign.objects.filter(source=SOURCE).delete()
    trade = Segment.objects.standing().filter(name=trade_name()).first()
    if trade is None:
        return
    draft = CampaignDraft(
        _("Christmas with the trade"), CampaignKind.MESSAGE, Means.CALL, trade,
        most_calls=CALLS, calls_until=(at + timedelta(days=DAYS)).date(),
        to_say=_("Ask how the first weeks with the new oven were.\nAsk which days they are open"
                 " over Christmas, and what they need on each."),
    )  # fmt: skip
    campaign = write_campaign(draft, by=staff[NORA].actor, at=at)
    Campaign.objects.filter(pk=campaign.pk).update(source=SOURCE)


def forget_help() -> None:
    """Take the sample's campaign out, its ways, and what was offered."""
    Campaign.objects.filter(source=SOURCE).delete()
    HelpOffered.objects.filter(link__startswith=f"{SOURCE}:").delete()
    HelpWay.objects.filter(source=SOURCE).delete()
