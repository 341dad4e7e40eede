"""What an offer and its waves must be before anybody is told of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from regulars.core.money import Money
from regulars.core.templatetags.look import money
from regulars.insight.choices import Tier
from regulars.lists.models import Segment
from regulars.offers.choices import (
    PLACE_OF_PUBLIC,
    PLACE_OF_SEGMENT,
    PLACES,
    CodeKind,
    ValueKind,
    Way,
)
from regulars.offers.codes import is_well_typed, typed
from regulars.offers.errors import BelowCost, OfferUnclear, WaveOutOfOrder, WayClosed
from regulars.offers.models import Offer, Wave
from regulars.offers.queries.till import said

MOST_USES, MOST_STOCK = 1000, 100_000_000
LOWEST_FLOOR = -1000
# Fewer are tried out in a minute, and misheard.
LEAST_WORDS = 4


@dataclass(frozen=True, slots=True)
class OfferDraft:
    """What somebody wrote down of an offer."""

    name: str
    kind: ValueKind
    currency: str
    words: str = ""
    terms: str = ""
    sort: str = ""
    percent: int | None = None
    value_minor: int = 0
    price_minor: int | None = None
    cost_minor: int | None = None
    floor_percent: int = 0
    code_kind: CodeKind = CodeKind.PERSONAL
    shared_words: str = ""
    uses: int = 1
    stock: int | None = None


@dataclass(frozen=True, slots=True)
class WaveDraft:
    """What somebody wrote down of a wave; no `opens_at` is: as soon as the offer is planned."""

    name: str
    closes_at: datetime
    opens_at: datetime
    tiers: tuple[str, ...] = ()
    segment: Segment | None = None
    is_public: bool = False
    is_live: bool = False
    held_back: int = 0
    extra: str = ""
    extra_cost_minor: int = 0
    ways: tuple[Way, ...] = tuple(Way)


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of the price for whoever uses an offer: what they pay, less what it costs us."""

    paid: Money
    cost: Money

    @property
    def percent(self) -> float:
        """Of what they pay; where they pay nothing, of the cost, which is all lost."""
        of = self.paid.minor or self.cost.minor
        return 100 * (self.paid.minor - self.cost.minor) / of if of else 0.0


def left_of(offer: Offer | OfferDraft, extra_cost_minor: int = 0) -> Left | None:
    """Nothing where price or cost are not known."""
    if offer.price_minor is None or offer.cost_minor is None:
        return None
    paid = offer.price_minor
    if offer.kind == ValueKind.PERCENT:
        # Half up, as a till rounds.
        paid -= (offer.price_minor * (offer.percent or 0) + 50) // 100
    elif offer.kind == ValueKind.AMOUNT:
        paid -= offer.value_minor
    cost = offer.cost_minor + extra_cost_minor
    return Left(Money(paid, offer.currency), Money(cost, offer.currency))


def check_offer(draft: OfferDraft) -> None:
    """Refuse what says nothing, gives more off than it costs, or leaves less than the floor."""
    if not draft.name.strip():
        raise OfferUnclear(_("Say in a few words what customers get."))
    if draft.kind == ValueKind.PERCENT and not 1 <= (draft.percent or 0) <= 100:
        raise OfferUnclear(_("A share of the price is between 1 and 100 percent."))
    if draft.kind == ValueKind.AMOUNT and draft.value_minor <= 0:
        raise OfferUnclear(_("Say how much comes off the price."))
    if not 1 <= draft.uses <= MOST_USES:
        raise OfferUnclear(_("Each customer uses it once to a thousand times."))
    if draft.stock is not None and not 1 <= draft.stock <= MOST_STOCK:
        raise OfferUnclear(
            _("The stock is how often it can be used in all: one at least."),
            _("Leave it out where it is not limited."),
        )
    if not LOWEST_FLOOR <= draft.floor_percent <= 100:
        raise OfferUnclear(_("The least that must be left is 100 percent at most."))
    if draft.shared_words.strip():
        _check_words(draft)
    check_margin(draft)


def _check_words(draft: OfferDraft) -> None:
    """Words that everybody says: few letters and figures, and no code of one's own by chance."""
    words = shared_words_of(draft.shared_words)
    plain = typed(words)
    if not (len(plain) >= LEAST_WORDS and plain.isascii() and plain.isalnum()):
        raise OfferUnclear(
            _("The words of a shared code are four letters or figures at least, without signs."),
            _("Such as FIRST RYE. Left out, a code is drawn."),
        )
    if is_well_typed(plain):
        raise OfferUnclear(
            _("These words look like somebody’s own code."), _("Choose one letter more or less.")
        )


def shared_words_of(text: str) -> str:
    """As it is kept and printed: FIRST RYE."""
    return " ".join(text.split()).upper()


def check_margin(offer: Offer | OfferDraft, extra_cost_minor: int = 0, wave: str = "") -> None:
    """Refuse what sells for less than was said to be the least."""
    left = left_of(offer, extra_cost_minor)
    if left is None:
        return
    if left.paid.minor < 0:
        raise OfferUnclear(
            _("More comes off than it costs: %(price)s.")
            % {"price": money(Money(offer.price_minor or 0, offer.currency))}
        )
    if left.percent >= offer.floor_percent:
        return
    says = _("They would pay %(paid)s, and it costs us %(cost)s: %(left)d %% would be left.")
    if wave:
        says = _("In wave “%(wave)s” they would pay %(paid)s, and it costs us %(cost)s:"
                 " %(left)d %% would be left.")  # fmt: skip
    raise BelowCost(
        says % {
            "paid": money(left.paid), "cost": money(left.cost), "left": round(left.percent),
            "wave": wave,
        },
        _("Give less off; or, if you mean it, say that less than %(floor)d %% may be left.")
        % {"floor": offer.floor_percent},
    )  # fmt: skip


def place_of(wave: Wave | WaveDraft) -> int:
    """How far in front a wave stands: by those in it who come last."""
    if wave.is_public:
        return PLACE_OF_PUBLIC
    if wave.segment is not None:
        return PLACE_OF_SEGMENT
    return max((PLACES[Tier(one)] for one in wave.tiers), default=PLACE_OF_SEGMENT)


def check_wave(draft: WaveDraft, offer: Offer, beside: Sequence[Wave], at: datetime) -> None:
    """Refuse a wave that means nobody, goes backwards, or means those of another wave too."""
    if not draft.name.strip():
        raise OfferUnclear(_("Give the wave a name, such as “Core customers”."))
    named = [draft.is_public, draft.segment is not None, bool(draft.tiers)]
    if sum(named) != 1:
        raise OfferUnclear(
            _("Say whom this wave is for: tiers, or one segment, or everybody."),
            _("Choose one of the three."),
        )
    if draft.closes_at <= draft.opens_at:
        raise WaveOutOfOrder(
            _("This wave would end %(closes)s, before it opens %(opens)s.")
            % {"closes": said(draft.closes_at), "opens": said(draft.opens_at)}
        )
    if draft.opens_at < at:
        raise WaveOutOfOrder(
            _("%(opens)s is over: nothing opens in the past.") % {"opens": said(draft.opens_at)},
            _("Choose a moment to come, or leave it out: then it opens once the offer is planned."),
        )
    _refuse_held(draft, offer, beside)
    for other in beside:
        _refuse_twice(draft, other)
    check_margin(offer, draft.extra_cost_minor, draft.name)


def _refuse_held(draft: WaveDraft, offer: Offer, beside: Sequence[Wave]) -> None:
    held = draft.held_back + sum(one.held_back for one in beside)
    if draft.held_back and offer.stock is None:
        raise OfferUnclear(
            _("Nothing can be held back where the stock is not limited."),
            _("Say how many there are in all, or hold nothing back."),
        )
    if offer.stock is not None and held > offer.stock:
        raise OfferUnclear(
            _("%(held)s would be held back, and there are only %(stock)s.")
            % {"held": held, "stock": offer.stock}
        )


def _refuse_twice(draft: WaveDraft, other: Wave) -> None:
    both = {*draft.tiers} & {*other.tiers}
    if both:
        names = _(" and ").join(str(Tier(one).label) for one in sorted(both))
        raise WaveOutOfOrder(
            _("%(tiers)s customers are in wave “%(wave)s” already.")
            % {"tiers": names, "wave": other.name},
            _("Each tier is in one wave; a segment may name some of them besides."),
        )
    if draft.is_public and other.is_public:
        raise WaveOutOfOrder(_("There is a wave for everybody already: “%(wave)s”.")
                             % {"wave": other.name})  # fmt: skip


def check_order(waves: Sequence[Wave], at: datetime) -> None:
    """Refuse waves among which somebody comes before a better customer of ours."""
    if not waves:
        raise WaveOutOfOrder(
            _("It has no wave yet: nobody could see it."), _("Add the first, for the core.")
        )
    for wave in waves:
        if wave.closes_at <= at:
            raise WaveOutOfOrder(
                _("Wave “%(wave)s” is over before it begins: it would end %(when)s.")
                % {"wave": wave.name, "when": said(wave.closes_at)},
                _("Choose an end that is still to come."),
            )
    ranked = sorted(waves, key=place_of)
    for first, later in [(a, b) for a in ranked for b in ranked if place_of(a) < place_of(b)]:
        _refuse_before(first, later)
    _refuse_public_alone(waves)


def _refuse_before(first: Wave, later: Wave) -> None:
    places = {"first": first.name, "later": later.name}
    is_early = later.opens_at < first.opens_at
    if is_early or (later.is_public and later.opens_at == first.opens_at):
        raise WaveOutOfOrder(
            _("“%(later)s” would open before “%(first)s”, or with it: old customers come first.")
            % places,
            _("Open “%(later)s” later, or “%(first)s” earlier.") % places,
        )
    if first.closes_at < later.closes_at:
        raise WaveOutOfOrder(
            _("“%(first)s” would end while “%(later)s” still goes on.") % places,
            _("Whoever was first may use it as long as anybody."),
        )


def _refuse_public_alone(waves: Sequence[Wave]) -> None:
    if any(one.is_public for one in waves) and not any(Tier.CORE in one.tiers for one in waves):
        raise WaveOutOfOrder(
            _("Everybody would hear of it before the core customers, who have no wave."),
            _("Add a wave for the core that opens before the public one."),
        )


def check_way(wave: Wave, way: Way) -> None:
    """Refuse to tell a wave by a way that was not chosen for it."""
    if way in wave.ways:
        return
    says = {
        Way.EMAIL: _("Wave “%(wave)s” is not told by e-mail."),
        Way.LETTER: _("Wave “%(wave)s” is not told by letter."),
        Way.CALL: _("Wave “%(wave)s” is not told by calls."),
    }
    raise WayClosed(
        says[way] % {"wave": wave.name}, _("Open this way for it on the page of the offer.")
    )
