"""What a reason says to the reader, and what to say to the customer: written from facts, when read.

Every line is one whole sentence with named places. Nothing here sells, and nothing here is
invented: a line appears only when its fact is known.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date, format_skeleton
from django.utils.translation import get_language, ngettext, to_locale
from django.utils.translation import gettext as _

from regulars.consent.choices import Channel
from regulars.core.money import Money
from regulars.core.reasons import Line
from regulars.core.templatetags.look import money
from regulars.insight.choices import Tier
from regulars.insight.models import BuyingLess
from regulars.insight.queries import less_words
from regulars.messaging.words import short_of
from regulars.team.queries import the_business

Values = Mapping[str, Any]


def day_words(iso: str | date) -> str:
    """A day as people say it, in the reader's language; with the year when that is not this one."""
    day = date.fromisoformat(iso) if isinstance(iso, str) else iso
    return format_skeleton("MMMMd", day, locale=_locale())


def long_day_words(day: date) -> str:
    """A day with its year."""
    return format_date(day, "long", locale=_locale())


def until_words(day: date, today: date) -> str:
    """A day that comes: by its weekday within a week, else by its date."""
    if 0 <= (day - today).days < 7:
        return format_date(day, "EEEE", locale=_locale())
    return day_words(day)


def weekday_words(day: date) -> str:
    """A day with its weekday: Tuesday 24 November."""
    return format_skeleton("MMMMEEEEd", day, locale=_locale())


def months_words(numbers: Sequence[int]) -> str:
    """Months in a row, short: Nov, Dec."""
    days = (date(2026, month, 1) for month in numbers)
    return ", ".join(format_skeleton("MMM", day, locale=_locale()) for day in days)


def _locale() -> str:
    return to_locale(get_language() or "en")


# Why: the sentence of each reason


def cadence_due(values: Values) -> str:
    places = {
        "days": values["days"],
        "who": _who(values, "cadence_of"),
        "cadence": values["cadence"],
    }
    return (
        ngettext(
            "Has not heard from us for %(days)d day; %(who)s should hear every %(cadence)d.",
            "Has not heard from us for %(days)d days; %(who)s should hear every %(cadence)d.",
            values["days"],
        )
        % places
    )


def personal_due(values: Values) -> str:
    who, every = _who(values, "personal_of"), values["personal"]
    if values.get("personal_days") is None:
        return ngettext(
            "Mail alone so far; %(who)s should have a visit, call or note every %(every)d day.",
            "Mail alone so far; %(who)s should have a visit, call or note every %(every)d days.",
            every,
        ) % {"who": who, "every": every}
    return ngettext(
        "No visit, call or note for %(days)d day; %(who)s should have one every %(every)d.",
        "No visit, call or note for %(days)d days; %(who)s should have one every %(every)d.",
        values["personal_days"],
    ) % {"days": values["personal_days"], "who": who, "every": every}


def _who(values: Values, scope: str) -> str:
    """Whose cadence it is, inside a sentence."""
    whose = values.get(scope, "tier")
    if whose == "own":
        return _("this customer")
    if whose == "segment" and values.get("segment"):
        return _("those of “%(segment)s”") % {"segment": values["segment"]}
    return _("“%(tier)s” customers") % {"tier": Tier(values["tier"]).label}


def no_touch_yet(values: Values) -> str:
    if values.get("first_on"):
        return _("Has bought from us since %(first)s, and we have not been in touch yet.") % {
            "first": long_day_words(date.fromisoformat(values["first_on"]))
        }
    return _("On the list, and we have not been in touch yet.")


def rhythm_late(values: Values) -> str:
    if not values.get("usual"):
        return _("Was due on %(due)s and has not come.") % {"due": day_words(values["rhythm_due"])}
    return ngettext(
        "Usually buys every day, was due on %(due)s and has not come.",
        "Usually buys every %(usual)d days, was due on %(due)s and has not come.",
        values["usual"],
    ) % {"usual": values["usual"], "due": day_words(values["rhythm_due"])}


def first_purchase(values: Values) -> str:
    return _(
        "Bought from us for the first time on %(first)s. Say thank you, ask what went well."
    ) % {"first": day_words(values["first_on"])}


def buys_less(values: Values) -> str:
    business = the_business()
    if not values.get("less") or business is None:
        return _("Still comes, and buys for less.")
    worth = money(Money(values["less"]["worth_minor"], business.currency), "round")
    return _("Still comes, and buys for less: %(worth)s of a year is at stake. %(how)s") % {
        "worth": worth, "how": less_words(BuyingLess(**values["less"]), business.currency),
    }  # fmt: skip


def department_due(values: Values) -> str:
    if values["days"] is None:
        return _("A department of ours that nobody has asked yet how we can serve it.")
    return ngettext(
        "A department of ours that nobody has asked for %(days)d day how we can serve it.",
        "A department of ours that nobody has asked for %(days)d days how we can serve it.",
        values["days"],
    ) % {"days": values["days"]}


# What to say: serve first


def to_say_when_due(values: Values) -> list[Line]:
    return [
        Line(_("Ask how things are, and how we can help. Then listen.")),
        *_last_time(values),
        Line(_("Write down what is needed, and say when you will be back with an answer.")),
        nothing_to_sell(),
    ]


def to_say_at_first(values: Values) -> list[Line]:
    return [
        Line(_("Say who you are, and that you look after them from now on.")),
        *_known_since(values),
        Line(_("Ask how we can help, and how they like to be reached."), _permission_hint(values)),
        nothing_to_sell(),
    ]


def to_say_when_late(values: Values) -> list[Line]:
    return [
        Line(_("Ask how things are. Do not ask why there was no purchase.")),
        *_last_purchase(values),
        Line(_("Ask whether anything went wrong last time. If it did, put it right first.")),
        nothing_to_sell(),
    ]


def to_say_when_buying_less(values: Values) -> list[Line]:
    return [
        Line(
            _("Say thank you for coming. Ask how things are, and whether all was as it should be.")
        ),
        *_no_longer_bought(values),
        Line(
            _("Ask what they would like that we do not have. Do not speak of how much they spend.")
        ),
        nothing_to_sell(),
    ]


def _no_longer_bought(values: Values) -> list[Line]:
    missing = (values.get("less") or {}).get("missing")
    if not missing:
        return []
    line = _("If it comes up: ask how they liked %(goods)s of late.") % {"goods": missing}
    return [Line(line, _("It is no longer in their basket as it was."))]


def to_say_after_first_purchase(values: Values) -> list[Line]:
    return [
        Line(_("Say thank you for the first purchase."), _bought_on(values)),
        Line(
            _("Ask what went well, then what did not."),
            _("In this order: being asked what went well first brings people back."),
        ),
        Line(_("Ask how they like to be reached."), _permission_hint(values)),
        nothing_to_sell(),
    ]


def to_say_to_a_department(values: Values) -> list[Line]:
    return [
        Line(_("Ask what they wait for from us, and what would make their work easier.")),
        *_last_time(values),
        Line(_("Ask which of their customers needs something now.")),
    ]


def nothing_to_sell() -> Line:
    return Line(_("Nothing to sell today: this one is for them."))


def _last_time(values: Values) -> list[Line]:
    if not values.get("last_touch_on"):
        return []
    line = _("Pick up where you left off: %(channel)s on %(day)s.") % {
        "channel": channel_words(values["last_channel"]),
        "day": long_day_words(date.fromisoformat(values["last_touch_on"])),
    }
    return [Line(line)]


def _known_since(values: Values) -> list[Line]:
    if not values.get("first_on") or values.get("purchases", 0) < 2:
        return []
    line = _("Say thank you for coming since %(first)s.") % {
        "first": long_day_words(date.fromisoformat(values["first_on"]))
    }
    return [Line(line, _last_bought_hint(values))]


def _last_purchase(values: Values) -> list[Line]:
    if not values.get("last_on"):
        return []
    return [Line(_("Say that they are missed."), _last_bought_hint(values))]


def _last_bought_hint(values: Values) -> str:
    if not values.get("last_on"):
        return ""
    return _("Last bought on %(day)s.") % {
        "day": long_day_words(date.fromisoformat(values["last_on"]))
    }


def _bought_on(values: Values) -> str:
    return _("On %(day)s.") % {"day": day_words(values["first_on"])}


def _permission_hint(values: Values) -> str:
    if values.get("may_email"):
        return ""
    return _("No permission for e-mail is recorded. Ask, and write down what they say.")


# Channels in words


def channel_words(channel: str) -> str:
    """A channel inside a sentence."""
    return {
        Channel.VISIT: _("a visit"),
        Channel.CALL: _("a call"),
        Channel.NOTE: _("a handwritten note"),
        Channel.EMAIL: _("an e-mail"),
        Channel.TEXT: _("a text"),
        Channel.CHAT: _("a chat"),
        Channel.SOCIAL: _("a message on social media"),
        Channel.LETTER: _("a letter"),
    }[Channel(channel)]


# Why not today, and why not by a worthier channel


def why_waiting(values: Values) -> str:
    over, needs = values.get("over"), values.get("needs")
    if not over:
        return _("Can wait: the day is full.")
    return ngettext(
        "Can wait: %(over)d minute was left, and this takes %(needs)d.",
        "Can wait: %(over)d minutes were left, and this takes %(needs)d.",
        over,
    ) % {"over": over, "needs": needs}


def to_be_found() -> str:
    """Why a call, where no way to reach the customer is written down."""
    return _(
        "No telephone number or address that can be used is written down. Look for one on an "
        "invoice or in the till, add it on their page, then call."
    )


def why_not(channel: Channel, *, is_open: bool, minutes: int, has_point: bool) -> str:
    """Why a worthier channel was not taken; nothing where it was never in question."""
    if is_open:
        return {
            Channel.VISIT: _("A visit would count for more, but takes %(minutes)d minutes."),
            Channel.CALL: _("A call would count for more, but takes %(minutes)d minutes."),
            Channel.NOTE: _("A note would count for more, but takes %(minutes)d minutes."),
            Channel.EMAIL: _("An e-mail would count for more, but takes %(minutes)d minutes."),
        }[channel] % {"minutes": minutes}
    if has_point:
        # A visit to a person is only for the core and for those who slip, so it may be neither.
        return {
            Channel.VISIT: "",
            Channel.CALL: _("They do not want calls."),
            Channel.NOTE: _("They do not want letters."),
            Channel.EMAIL: _("They have not agreed to e-mail."),
        }[channel]
    return {
        Channel.VISIT: _("For a visit no address is known."),
        Channel.CALL: _("For a call no usable number is known."),
        Channel.NOTE: _("For a note no address is known."),
        Channel.EMAIL: _("For an e-mail no address is known."),
    }[channel]


def why_weaker(channel: Channel) -> str:
    """Why not a channel that counts for more with others: how they answer, and what they prefer."""
    return {
        Channel.VISIT: _("A visit matters less to them than this: they said so, or are seldom in."),
        Channel.CALL: _("A call matters less to them than this: they said so, or seldom answer."),
        Channel.NOTE: _("A note matters less to them than this: they said so."),
        Channel.EMAIL: _(
            "An e-mail matters less to them than this: they said so, or seldom answer."
        ),
    }[channel]


def refused_sentence(refused: Mapping[str, int]) -> str:
    """How many the gate kept from being written to or reached, by its reasons; the most first."""
    if not refused:
        return ""
    most_first = sorted(refused.items(), key=lambda one: (-one[1], one[0]))
    told = ", ".join(f"{short_of(code)} ({count})" for code, count in most_first)
    return _("Some are left alone, or not written to by e-mail, today: %(reasons)s.") % {
        "reasons": told
    }
