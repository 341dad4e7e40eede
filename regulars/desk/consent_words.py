"""The sentences of a customer's consent page: what they decided, and what follows from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_date
from babel.lists import format_list
from django.utils import timezone
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel, Decision, Ground, Purpose, Stopped
from regulars.consent.grounds import GroundRule
from regulars.consent.models import ConsentEvent, ConsentState, Suppression, Wish
from regulars.core.actor import Actor
from regulars.core.templatetags.look import day_words
from regulars.customers.models import Customer
from regulars.team.choices import LANGUAGES

# Asked about on every page; other channels stand there once something was decided.
ASKED_ABOUT = (Channel.EMAIL, Channel.TEXT, Channel.CALL, Channel.LETTER)
LIFTABLE = (Stopped.STAFF, Stopped.BOUNCED, Stopped.FULL)


def told_to(actor: Actor, at: datetime) -> str:
    """What shows a spoken yes: who heard it, and when."""
    day = format_date(timezone.localtime(at).date(), "d MMMM y", locale=_locale())
    return (_("told to %(name)s on %(day)s") % {"name": actor.name, "day": day})[:200]


def stands_words(state: ConsentState | None) -> str:
    if state is None:
        return _("not asked yet")
    words = {
        Decision.GRANTED: _("agreed, %(when)s"),
        Decision.WITHDRAWN: _("said no, %(when)s"),
        Decision.CLAIMED: _("a file says yes, %(when)s; ask before writing"),
    }
    return words[Decision(state.decision)] % {"when": day_words(state.changed_at)}


def first_sentence(customer: Customer, states: Iterable[ConsentState]) -> str:
    """Where a customer stands for everything by a channel, as somebody would say it aloud."""
    whole = [state for state in states if not state.purpose]
    agreed = _channels(state for state in whole if state.decision == Decision.GRANTED)
    refused = _channels(state for state in whole if state.decision == Decision.WITHDRAWN)
    places = {"name": customer.short_name, "agreed": agreed, "refused": refused}
    if agreed and refused:
        said = _("%(name)s agreed to %(agreed)s, and said no to %(refused)s.")
    elif agreed:
        said = _("%(name)s agreed to %(agreed)s.")
    elif refused:
        said = _("%(name)s said no to %(refused)s.")
    else:
        said = _("%(name)s has told us neither yes nor no.")
    return said % places


def _channels(states: Iterable[ConsentState]) -> str:
    return _listed(str(Channel(state.channel).label).lower() for state in states)


def _listed(words: Iterable[str]) -> str:
    named = list(words)
    return format_list(named, locale=_locale()) if named else ""


@dataclass(frozen=True, slots=True)
class Standing:
    """One channel: where they stand for all of it, for single purposes, and what follows."""

    channel: str
    label: str
    decision: str
    words: str
    purposes: Sequence[tuple[str, str]]
    grounds: Sequence[tuple[str, str]]


def standings(
    states: Iterable[ConsentState], rules: Mapping[tuple[str, str], GroundRule]
) -> list[Standing]:
    """A row for each channel that is asked about, or that something was decided about."""
    known = {(state.channel, state.purpose): state for state in states}
    decided = {channel for channel, _purpose in known}
    return [
        _standing(channel, known, rules)
        for channel in Channel
        if channel in ASKED_ABOUT or channel.value in decided
    ]


def _standing(
    channel: Channel,
    known: Mapping[tuple[str, str], ConsentState],
    rules: Mapping[tuple[str, str], GroundRule],
) -> Standing:
    whole = known.get((channel.value, ""))
    single = [
        (str(purpose.label), stands_words(state))
        for purpose in Purpose
        if (state := known.get((channel.value, purpose.value)))
    ]
    return Standing(
        channel.value, str(channel.label), whole.decision if whole else "", stands_words(whole),
        single, _grounds(channel, rules),
    )  # fmt: skip


def _grounds(
    channel: Channel, rules: Mapping[tuple[str, str], GroundRule]
) -> list[tuple[str, str]]:
    """Each ground that something rests on in this channel, with its purposes."""
    resting: dict[Ground, list[str]] = {}
    for purpose in Purpose:
        rule = rules[channel.value, purpose.value]
        resting.setdefault(rule.ground, []).append(str(purpose.label).lower())
    return [(_listed(purposes), _rests_on(ground)) for ground, purposes in resting.items()]


def _rests_on(ground: Ground) -> str:
    words = {Ground.CONSENT: _("Only if they agree"), Ground.UNKNOWN: _("Nobody has decided yet")}
    return words.get(ground) or str(ground.label)


def told_rows(events: Iterable[ConsentEvent]) -> list[tuple[ConsentEvent, str, str]]:
    """Every decision with the words for its channel and its purpose."""
    return [
        (
            event,
            str(Channel(event.channel).label),
            str(Purpose(event.purpose).label) if event.purpose else "",
        )
        for event in events
    ]


def wish_pairs(wish: Wish | None, *, with_purchases: bool = True) -> list[tuple[str, str]]:
    """Their wishes as labels and words; nothing where nothing is wished."""
    if wish is None:
        return []
    pairs = [
        (_("By"), str(Channel(wish.channel).label) if wish.channel else ""),
        (_("Only about"), _listed(str(Purpose(one).label).lower() for one in wish.topics)),
        (_("How often"), _often(wish.every_days)),
        (_("Nothing until"), day_words(wish.paused_until)),
        (_("Their clock"), _clock(wish)),
        (_("They read"), LANGUAGES.get(wish.language, "")),
        (_("Last bought"), day_words(wish.last_purchase_on) if with_purchases else ""),
    ]
    return [(label, words) for label, words in pairs if words]


def _often(every_days: int | None) -> str:
    return _("at most every %(days)s days") % {"days": every_days} if every_days else ""


def _clock(wish: Wish) -> str:
    if not wish.time_zone:
        return ""
    sources = {
        "customer": _("%(zone)s, as they said"),
        "staff": _("%(zone)s, as one of us noted"),
        "address": _("%(zone)s, from where they live"),
    }
    return sources[wish.zone_source] % {"zone": wish.time_zone.replace("_", " ")}


def is_liftable(one: Suppression, at: datetime) -> bool:
    return one.why in LIFTABLE and holds(one, at)


def holds(one: Suppression, at: datetime) -> bool:
    return one.lifted_at is None and (one.until is None or one.until > at)


def _locale() -> str:
    return to_locale(get_language() or "en")
