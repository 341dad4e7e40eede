"""Lists of people with households, namesakes and noisy duplicates, from a fixed seed."""

import random
from dataclasses import dataclass, field, replace
from itertools import product

GIVEN = (
    "Ada Agnes Alan Albert Alice Amelia Amir Amy Andrew Anna Anne Anton Arthur Aylin Barbara "
    "Ben Bernd Bianca Boris Bridget Bruno Carla Carlos Cara Celia Chloe Claire Clara Colin "
    "Dana Daniel David Deepa Denis Diana Dora Edith Edward Elena Eli Elisa Ella Ellen Elsa "
    "Emil Emily Emma Eric Erika Esther Ethan Eva Evan Fatima Felix Fiona Frank Frida Gary "
    "Gemma George Gerda Grace Greta Hana Hanna Hannah Harold Harry Heidi Helen Henry Hugo Ian "
    "Ida Ines Ingrid Irene Iris Isaac Ivan Jack Jacob James Jan Jana Jane Janet Jason Jean "
    "Joan Joanna Joel John Jon Jonas Joseph Julia Julie Karen Karl Kate Katharina Keith Kevin "
    "Lara Laura Lea Lena Leo Leon Lewis Lily Linda Lisa Louis Lucas Lucy Luis Luke Lydia Maja "
    "Marc Marco Maria Marie Mario Mark Marta Martha Martin Mary Matthew Max Maya Mia Michael "
    "Mila Mohamed Nadia Nancy Naomi Nathan Nicola Nina Noah Nora Olga Oliver Omar Oscar Otto "
    "Patrick Paul Paula Peter Petra Philip Priya Rachel Ralf Rebecca Rita Robert Robin Rosa "
    "Ruth Ryan Sam Samuel Sandra Sara Sarah Sean Simon Sofia Sonja Stefan Stella Susan Tara "
    "Theo Thomas Tim Tina Tom Ursula Vera Victor Walter Wanda Wendy William Yusuf Zoe "
).split()
_ONSETS = (
    "Al Ash Ban Bar Bell Brad Bur Cal Carl Clay Col Cran Dal Dor East El Fair Farn Gar Had Hal"
)
_MIDDLES = "b d f g l m n r s t ling ming ston wick ber der ing"
_ENDS = "ton ford ley man son wood field worth ham well by er ers ard"
FAMILY = sorted(
    {
        f"{onset}{middle}{end}"
        for onset, middle, end in product(_ONSETS.split(), _MIDDLES.split(), _ENDS.split())
    }
)
COMMON = "Smith Jones Brown Taylor Wilson Evans Thomas Roberts Walker Wright Khan Patel".split()
STREETS = "Mill Church Station High Park Victoria Green Manor Kings Queens North South Weir".split()
KINDS = "Street Road Lane Avenue Close Gardens Terrace".split()
TOWNS = "Ashby Barrow Corfe Dunham Elmet Fenwick Garston Holt Ibstock Kelby Lydd Marlow".split()


@dataclass
class Made:
    """One record; `whose` says which person it is of, `kept` what the noise left as it was."""

    whose: int
    given: str
    family: str
    email: str = ""
    phone: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    born: str = ""
    number: str = ""
    is_copy: bool = False
    kept: set[str] = field(default_factory=set)


def made_up(count: int, *, seed: int = 20261122, noisy: float = 0.1) -> list[Made]:
    """`count` records, of which the share `noisy` are spoiled copies of others."""
    lot = random.Random(seed)
    copies = round(count * noisy)
    people: list[Made] = []
    while len(people) < count - copies:
        people += _household(lot, len(people), count)
    del people[count - copies :]
    # Two records, and at times three, of one person.
    originals = [lot.choice(people) for _copy in range(copies)]
    records = people + [_spoiled(lot, one) for one in originals]
    lot.shuffle(records)
    return records


def _household(lot: random.Random, first: int, count: int) -> list[Made]:
    size = lot.choices((1, 2, 3, 4), (45, 30, 15, 10))[0]
    family = lot.choice(COMMON) if lot.random() < 0.12 else lot.choice(FAMILY)
    town = lot.randrange(max(2, count // 400))
    home = (
        f"{lot.randint(1, 180)} {lot.choice(STREETS)} {lot.choice(KINDS)}",
        f"{'ABCDEFGHKL'[town % 10]}{town // 10 % 90 + 1} {lot.randint(1, 9)}{chr(65 + town % 23)}X",
        f"{TOWNS[town % len(TOWNS)]} {town // len(TOWNS) or ''}".strip(),
    )
    line, shared = _phone(lot), f"{family}.{home[0].split()[0]}@home.example".lower()
    told = {
        "home": lot.random() < 0.75, "line": lot.random() < 0.5, "shared": lot.random() < 0.06,
    }  # fmt: skip
    members: list[Made] = []
    for place in range(size):
        one = Made(first + place, lot.choice(GIVEN), family)
        if place and lot.random() < 0.15:
            one.family = lot.choice(FAMILY)
        if place == 1 and lot.random() < 0.01:
            # The elder and the younger, one name and one address.
            one.given, one.family = members[0].given, members[0].family
        if told["home"]:
            one.street, one.postcode, one.city = home
        _reach(lot, one, shared if told["shared"] else "", line if told["line"] else "")
        members.append(one)
    return members


def _reach(lot: random.Random, one: Made, shared: str, line: str) -> None:
    if lot.random() < 0.7:
        one.email = shared or _email(lot, one)
    if lot.random() < 0.65:
        one.phone = line or _phone(lot)
    if lot.random() < 0.4:
        one.born = _day(lot)
    if not (one.email or one.phone or one.street):
        one.email = _email(lot, one)


def _spoiled(lot: random.Random, one: Made) -> Made:
    """A copy as another till, shop or clerk would have written it."""
    copy = replace(one, kept=set(), is_copy=True)
    copy.given, copy.family = _names_again(lot, one)
    if copy.email and lot.random() < 0.45:
        copy.email = lot.choice(("", _email(lot, copy), _mistyped(lot, copy.email)))
    if copy.phone and lot.random() < 0.4:
        copy.phone = lot.choice(("", _phone(lot), copy.phone))
    if copy.street and lot.random() < 0.4:
        copy.street = lot.choice(("", _mistyped(lot, copy.street), f"{lot.randint(1, 99)} New Row"))
    if copy.born and lot.random() < 0.4:
        copy.born = lot.choice(("", "", _day(lot) if lot.random() < 0.2 else copy.born))
    for name in ("email", "phone", "street", "born"):
        if getattr(copy, name) and getattr(copy, name) == getattr(one, name):
            copy.kept.add(name)
    if (copy.given, copy.family) == (one.given, one.family):
        copy.kept.add("name")
    return copy


def _names_again(lot: random.Random, one: Made) -> tuple[str, str]:
    chance = lot.random()
    if chance < 0.55:
        return one.given, one.family
    if chance < 0.8:
        return lot.choice(
            ((_mistyped(lot, one.given), one.family), (one.given, _mistyped(lot, one.family)))
        )
    if chance < 0.87:
        return one.given[0], one.family
    if chance < 0.93:
        return one.family, one.given
    if chance < 0.97:
        return "", one.family
    return one.given, lot.choice(FAMILY)


def _mistyped(lot: random.Random, text: str) -> str:
    place = lot.randrange(len(text))
    how = lot.randrange(4)
    letter = lot.choice("aeinorst")
    if how == 0:
        return text[:place] + text[place + 1 :]
    if how == 1:
        return text[:place] + letter + text[place:]
    if how == 2 and place + 1 < len(text):
        return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return text[:place] + letter + text[place + 1 :]


def _email(lot: random.Random, one: Made) -> str:
    # Nobody else has one's mailbox: the number keeps them apart.
    shape = lot.choice(("{g}.{f}{n}", "{i}{f}{n}", "{g}{n}", "{f}.{g}{n}"))
    local = shape.format(g=one.given, f=one.family, i=one.given[:1], n=lot.randint(1, 99_999))
    return f"{local}@{lot.choice(('post', 'mail', 'inbox'))}.example".lower()


def _phone(lot: random.Random) -> str:
    return f"+447{lot.randint(100_000_000, 999_999_999)}"


def _day(lot: random.Random) -> str:
    return f"{lot.randint(1940, 2006)}-{lot.randint(1, 12):02}-{lot.randint(1, 28):02}"
