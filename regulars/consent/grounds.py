"""On which ground a purpose rests in a channel, by country: dated presets, and our own choices.

These presets are not legal advice. They are a careful reading of the texts they name, so that a
business begins on the safe side; an owner may decide otherwise, and says why. Where the ground is
unknown or consent is missing, a letter or a call takes the place of e-mail or text where that is
lawful.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from regulars.consent.choices import Channel, Ground, Purpose
from regulars.consent.models import GroundChoice
from regulars.consent.presets import CAREFUL, PRESETS, Rule
from regulars.core import clock
from regulars.team.queries import the_business

Key = tuple[str, str]

# What is written to them because they bought or asked for something.
SERVICE = frozenset({Purpose.SERVE})
# Neither advertising nor part of a purchase everywhere: questions, reassurance, thanks, news.
CARE = frozenset({Purpose.ASK, Purpose.REASSURE, Purpose.THANK, Purpose.INFORM})
# What is meant to bring another purchase.
ADVERTISING = frozenset({Purpose.EDUCATE, Purpose.RECOVER, Purpose.SELL})

GROUPS: Mapping[str, str] = MappingProxyType(
    {
        Channel.EMAIL: "electronic", Channel.TEXT: "electronic", Channel.CHAT: "electronic",
        Channel.SOCIAL: "electronic", Channel.CALL: "call", Channel.LETTER: "post",
        Channel.NOTE: "post", Channel.VISIT: "visit",
    }
)  # fmt: skip
# Whatever a customer decided, these go out.
WHATEVER_THEY_DECIDED = frozenset({Ground.CONTRACT, Ground.LEGAL_DUTY})
MAY_BE_DUE = SERVICE | {Purpose.INFORM}


@dataclass(frozen=True, slots=True)
class GroundRule:
    """On what a purpose rests in a channel: the source, since when, and what to heed.

    `months` is how long after their last purchase a ground of being a customer holds.
    """

    ground: Ground
    source: str
    valid_from: date
    note: str = ""
    months: int | None = None
    is_own: bool = False


def rule_for(channel: str, purpose: str, country: str, on: date | None = None) -> GroundRule:
    """The preset with its source. A country that we know nothing of is treated carefully."""
    day = on or clock.now().date()
    rules = PRESETS.get(country, {})
    for group in (channel, GROUPS.get(Channel(channel), "")):
        dated = [rule for rule in rules.get((group, _kind(purpose)), ()) if rule.valid_from <= day]
        if dated:
            return _rule(dated[-1])
    return _rule(CAREFUL[GROUPS[Channel(channel)], _kind(purpose)])


def _kind(purpose: str) -> str:
    if purpose in SERVICE:
        return "service"
    return "care" if purpose in CARE else "advertising"


def _rule(rule: Rule) -> GroundRule:
    return GroundRule(rule.ground, rule.source, rule.valid_from, str(rule.note), rule.months)


def grounds_now(country: str | None = None, on: date | None = None) -> Mapping[Key, GroundRule]:
    """For every channel and purpose the rule that holds here: the preset of the business's
    country, under the business's own choices.
    """
    if country is None:
        business = the_business()
        country = business.country if business else ""
    rules = {
        (channel.value, purpose.value): rule_for(channel, purpose, country, on)
        for channel in Channel
        for purpose in Purpose
    }
    for own in GroundChoice.objects.all():
        rules[own.channel, own.purpose] = GroundRule(
            Ground(own.ground), "", own.decided_at.date(), own.why,
            rules[own.channel, own.purpose].months if own.ground == Ground.CUSTOMER else None,
            is_own=True,
        )  # fmt: skip
    return MappingProxyType(rules)


def may_rest_on(purpose: str, ground: str) -> bool:
    """Whether a purpose can rest on a ground at all: advertising is nobody's duty."""
    if ground == Ground.UNKNOWN:
        return False
    return ground not in WHATEVER_THEY_DECIDED or purpose in MAY_BE_DUE
