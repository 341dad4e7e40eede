"""How often Juniper & Rye gets in touch since the fire, whom it leaves alone, what it hears not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from regulars.core.actor import Actor
from regulars.customers.models import Customer
from regulars.demo import stories
from regulars.demo.scene import SOURCE, Scene
from regulars.insight.choices import Tier
from regulars.lists.models import Segment
from regulars.messaging.actions.server import describe_texts
from regulars.messaging.models import MailServer, Template
from regulars.messaging.queries import the_server
from regulars.planning.actions import set_cadences
from regulars.planning.agreeing import Whose, agree_on, leave_alone
from regulars.planning.automatic import set_automatic
from regulars.planning.choices import Worth
from regulars.planning.helping import keep_how_often
from regulars.planning.models import (
    AutomaticRules,
    AutomaticText,
    Cadence,
    ReasonRecord,
    Silence,
)
from regulars.planning.silences import silence_reason
from regulars.team.models import Member

# The core hears from them twice as often as usual.
SINCE_THE_FIRE = {Tier.CORE: 14, Tier.SLIPPING: 21}
# Before Christmas whoever still comes hears from them more often than the rest of the year.
BEFORE_CHRISTMAS, DECEMBER_DAYS = 1 << 11, 30
# Trade customers get somebody's time, and are not rung every other day.
TRADE_LEAST, TRADE_MOST = 60, 7
# The till knows when somebody was first written down, not when they first came.
NOT_HEARD = "anniversary"


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed with one customer: at least, at most every so many days, by which touches."""

    key: str
    least: int | None
    most: int | None
    worth: Worth


AGREED = (
    Agreed(stories.HALLORAN, 21, None, Worth.PERSONAL),
    Agreed(stories.LEENA, 45, 30, Worth.ANY),
)
# Who is left alone, for so many days, and why.
LEFT_ALONE = (
    (stories.TOVE, 40, "Away with the choir until after the holidays; she will come by herself."),
)
# As a text message, for whom that is open alone; in the sample everything goes into files.
_NAMED = '{{ first_name | default: "Hello" }}'
WORDS = {
    "cadence_due": f"{_NAMED}, is there anything that we could do better for you? Just tell us.",
    "no_touch_yet": f"{_NAMED}, what matters to you when you buy bread? We would like to know.",
}
TEXTS_GO_TO = "texts.example"
# Texts of the house for whom nobody has the minutes, by the reason.
TEXTS = {"cadence_due": "starter:how-can-we-help", "no_touch_yet": "starter:what-matters"}
MOST_BY_THEMSELVES = 6
# Of whom we no longer want to hear a reason.
NOT_OF_THEM = ((stories.BRYN, "article_fits"),)


def hear_more_often(*, by: Actor, at: datetime) -> None:
    """Turn the cadences up, as after a disruption; one for a season; one reason less."""
    set_cadences({tier.value: days for tier, days in SINCE_THE_FIRE.items()}, by=by, at=at)
    december = Whose(tier=Tier.ACTIVE.value, months=BEFORE_CHRISTMAS)
    agree_on(december, at_least=DECEMBER_DAYS, at_most=None, by=by, at=at)
    silence_reason(NOT_HEARD, None, by=by, at=at)


def choose_texts(*, by: Actor, at: datetime) -> None:
    """What goes by itself where nobody has the minutes: a question, once somebody lets it."""
    kept = dict(Template.objects.filter(archived_at=None).values_list("source", "pk"))
    texts = {reason: kept[source] for reason, source in TEXTS.items() if source in kept}
    if not the_server().text_gateway:
        describe_texts(TEXTS_GO_TO, by=by, at=at)
    set_automatic(texts, words=WORDS, most=MOST_BY_THEMSELVES, unasked=False, by=by, at=at)


def agree_with_some(
    ids: Mapping[str, int], staff: Mapping[str, Member], scene: Scene, *, by: Actor, at: datetime
) -> None:
    """What goes for trade customers and for single ones, which the product counts with."""
    trade = Segment.objects.standing().filter(name=trade_name(), source=SOURCE).first()
    if trade is not None:
        whose = Whose(segment_id=trade.pk, worth=Worth.PERSONAL)
        agree_on(whose, at_least=TRADE_LEAST, at_most=TRADE_MOST, by=by, at=at)
    for one in AGREED:
        whose = Whose(customer_id=ids[one.key], worth=one.worth)
        agree_on(whose, at_least=one.least, at_most=one.most, by=by, at=at)
    theirs = Customer.objects.in_bulk([ids[key] for key, *_more in LEFT_ALONE + NOT_OF_THEM])
    tomasz, today = staff["tomasz"].actor, scene.day
    for key, days, why in LEFT_ALONE:
        until = today + timedelta(days=days)
        leave_alone(theirs[ids[key]], until=until, why=why, today=today, by=tomasz, at=at)
    for key, reason in NOT_OF_THEM:
        silence_reason(reason, theirs[ids[key]], by=staff["nora"].actor, at=at)


def trade_name() -> str:
    return _("Trade customers")


def count_what_helped(day: date) -> None:
    """As every night: of those on earlier lists, who was reached, and who came."""
    keep_how_often(day)


def forget_cadences() -> None:
    """Back to what holds where nobody has said anything."""
    AutomaticText.objects.all().delete()
    named = MailServer.objects.filter(text_gateway=TEXTS_GO_TO)
    # Where nobody has set a server, there was no row before the sample.
    named.filter(host="", from_address="").delete()
    named.update(text_gateway="")
    AutomaticRules.objects.all().delete()
    Cadence.objects.all().delete()
    Silence.objects.all().delete()


def forget_what_helped(day: date | None) -> None:
    """Count anew without the sample's lists; without a day, nothing is left to count."""
    if day is None:
        ReasonRecord.objects.all().delete()
    else:
        keep_how_often(day)
