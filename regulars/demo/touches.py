"""What was said between the bakery and its customers, before it is written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from regulars.consent.choices import Channel, Purpose
from regulars.conversations.choices import Direction, Outcome
from regulars.demo.personas import Persona
from regulars.demo.scene import Scene
from regulars.demo.stories import TOLD

REASSURING = "A fire in the oven room. Everyone is safe. We know little yet and will write again."
KETTLE = "We open at seven tomorrow. The kettle is on."
CALLS_AFTER_THE_FIRE = 96
BEST_CUSTOMERS = 90
# By the first letters of their keys: coffee, families, bread, weekends, monthly.
_GROUPS_RUNG = ("Co", "Fa", "Br", "We", "Mo")


@dataclass(frozen=True, slots=True)
class Contact:
    """One touch, so many days ago, at the time on the wall."""

    key: str
    ago: int
    hour: int
    minute: int
    channel: Channel
    purpose: Purpose
    who: str
    body: str
    said: str = ""
    minutes: int | None = None
    direction: Direction = Direction.OUT
    outcome: Outcome = Outcome.REACHED


# Channel, purpose, minutes, what we noted, and what they said in their own words.
_USUAL = (
    (Channel.VISIT, Purpose.SERVE, 5, "Kept two loaves back while the queue was long.", ""),
    (Channel.VISIT, Purpose.ASK, 6, "Asked how the week was. Sat by the window a while.",
     "Best seat in Ambley, and you never hurry anybody."),
    (Channel.CALL, Purpose.REASSURE, 4, "Rang after the order. All was well.",
     "It was gone before the candles were."),
    (Channel.CALL, Purpose.SERVE, 4, "Rang to say the rye was out of the oven early.", ""),
    (Channel.CALL, Purpose.ASK, 7, "Asked what we could do better.",
     "Open a quarter of an hour earlier and I'd have breakfast here every day."),
    (Channel.NOTE, Purpose.THANK, 5, "Card for the fifth year of Saturdays.", ""),
    (Channel.EMAIL, Purpose.EDUCATE, 3, "Sent how to keep a rye fresh for the week.",
     "I had been keeping it in the fridge all my life."),
    (Channel.EMAIL, Purpose.INFORM, 2, "Wrote about the opening hours at Easter.", ""),
    (Channel.CALL, Purpose.SELL, 4, "Told them first about the Christmas orders.", ""),
)  # fmt: skip

_LATELY = (
    (Channel.VISIT, Purpose.SERVE, 4, "Told them which mornings are quiet now.", ""),
    (Channel.VISIT, Purpose.ASK, 3, "Asked at the counter how things are.",
     "Better for a proper loaf."),
    (Channel.VISIT, Purpose.THANK, 3, "Thanked them for coming back.",
     "Where else would we go?"),
    (Channel.VISIT, Purpose.SERVE, 5, "Kept two loaves back while the queue was long.", ""),
    (Channel.CALL, Purpose.REASSURE, 4, "Rang after the order. All was well.",
     "As if you had never been away."),
    (Channel.CALL, Purpose.SERVE, 4, "Rang to say what is baked again, and what is not yet.", ""),
)  # fmt: skip

# The three things people say after the fire, and how many of a hundred say each.
_CHANGED = (
    (38, "Wants to know that it is safe for the bakers.", (
        "That nobody gets hurt for my loaf.",
        "Are they all right, the ones on nights?",
        "I'd rather wait than have somebody burnt.",
    )),
    (27, "Found bread elsewhere while we were closed.", (
        "The supermarket one keeps longer. It's not as good.",
        "We got used to toast from a packet, I'm afraid.",
    )),
    (19, "Comes later, now that they work from home.", (
        "I'd come at ten if there was anything left.",
        "Mornings are slower now. Half past nine would do me.",
    )),
    (16, "Nothing has changed for them. Pleased that we asked.", ("", "Same as ever, love.")),
)  # fmt: skip


def usual_contacts(people: Sequence[Persona], scene: Scene) -> Iterator[Contact]:
    """A few a year with everybody whom somebody looks after."""
    lot = scene.lot("usual contacts")
    for person in people:
        if not person.manager or person.habit is None or person.key in TOLD:
            continue
        oldest = min(700, person.habit.starts - 1)
        for _n in range(lot.choice((0, 1, 1, 2, 3, 4))):
            if oldest <= 70:
                continue
            channel, purpose, minutes, body, said = lot.choice(_USUAL)
            missed = channel == Channel.CALL and lot.random() < 0.2
            ago = lot.randint(70, oldest)
            yield Contact(
                person.key, ago, lot.randint(9, 15), lot.randint(0, 59), channel, purpose,
                person.manager, "Rang, no answer." if missed else body,
                said="" if missed or lot.random() < 0.4 else said,
                minutes=1 if missed else minutes,
                outcome=_outcome(channel, is_missed=missed),
            )  # fmt: skip


def after_the_fire(
    people: Sequence[Persona], texted: Sequence[str], scene: Scene
) -> Iterator[Contact]:
    """The two texts to those who had asked for texts, and ninety-six calls to ask how they are."""
    for key in texted:
        yield _text(key, 51, REASSURING)
        yield _text(key, 34, KETTLE)
    lot = scene.lot("what has changed")
    known = [p for p in people if p.phone and p.manager and p.habit and p.key[:2] in _GROUPS_RUNG]
    # Those who come most were rung first, and again this month.
    often = [person for person in known if person.key[:2] in ("Co", "Fa")]
    seldom = [person for person in known if person.key[:2] not in ("Co", "Fa")]
    rung = [(person, 12) for person in often]
    rung += [(person, 32) for person in lot.sample(seldom, CALLS_AFTER_THE_FIRE - len(often))]
    for person, oldest in rung:
        _share, body, answers = lot.choices(_CHANGED, weights=[row[0] for row in _CHANGED])[0]
        yield Contact(
            person.key, lot.randint(2, oldest), lot.randint(9, 15), lot.randint(0, 59),
            Channel.CALL, Purpose.ASK, person.manager, body, said=lot.choice(answers),
            minutes=lot.randint(3, 11),
        )  # fmt: skip


def kept_warm(
    people: Sequence[Persona], spent: Mapping[str, int], scene: Scene
) -> Iterator[Contact]:
    """A word lately with most of those who still come: this fortnight with the best of them."""
    lot = scene.lot("kept warm")
    best = sorted(spent, key=lambda key: (-spent[key], key))[:BEST_CUSTOMERS]
    for person in people:
        habit = person.habit
        if not person.manager or habit is None or habit.back is None or person.key in TOLD:
            continue
        is_best = person.key in best
        if habit.ends > 30 or habit.starts < 60 or lot.random() > (0.9 if is_best else 0.8):
            continue
        channel, purpose, minutes, body, said = lot.choice(_LATELY)
        yield Contact(
            person.key, lot.randint(3, 13) if is_best else lot.randint(5, 58),
            lot.randint(9, 15), lot.randint(0, 59), channel, purpose, person.manager, body,
            said=said if lot.random() < 0.5 else "", minutes=minutes,
        )  # fmt: skip


def _text(key: str, ago: int, body: str) -> Contact:
    return Contact(
        key, ago, 17, 0, Channel.TEXT, Purpose.INFORM, "nora", body, outcome=Outcome.SENT
    )


def _outcome(channel: Channel, *, is_missed: bool) -> Outcome:
    if is_missed:
        return Outcome.NO_ANSWER
    return Outcome.REACHED if channel in (Channel.VISIT, Channel.CALL) else Outcome.SENT
