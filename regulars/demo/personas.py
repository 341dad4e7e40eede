"""Who is on the list of Juniper & Rye: one persona a customer, before anything is written."""

import re
import unicodedata
from dataclasses import dataclass

from regulars.demo.habits import Habit
from regulars.demo.scene import Scene

GIVEN = (
    "Ada Aled Alma Amina Anwen Arjun Astrid Basil Beatrix Bela Bethan Callum Carys Cedric Celia "
    "Clement Cora Dafydd Dilys Dorian Edda Edmund Eira Elias Elspeth Emlyn Esme Farah Felix "
    "Fern Gareth Gisela Greta Gwen Hamish Hana Hester Hugo Idris Ingrid Iris Isla Ivor Jamila "
    "Jasper Joan Jonah Kamal Katya Kenneth Lachlan Leila Lewis Linnea Lowri Magnus Mair Malik "
    "Marcel Marigold Matilda Mina Morag Nadia Nesta Niall Olga Olwen Orla Oscar Percy Petra "
    "Priya Quentin Rafael Rhian Robin Rosalind Rowan Sabine Selwyn Shona Silas Sunita Tamsin "
    "Thea Theo Tilda Una Vera Viktor Wanda Wilfred Winifred Yasmin Yusuf Zara"
).split()
FAMILY = (
    "Abernathy Ainsley Arkwright Ashdown Balfour Barlow Beaumont Birkett Blackwood Bowen "
    "Bramley Brandt Carmichael Castell Chaudhry Clegg Colborne Corrigan Crowther Dalgleish "
    "Danvers Delgado Dunmore Eastwood Eccles Ellery Fairfax Farrow Fenwick Finch Forsyth "
    "Galloway Garside Gilchrist Goddard Grenfell Haddon Hallam Hathaway Hawthorne Heron "
    "Holloway Ibbotson Jessop Kapoor Kershaw Kingsley Lacey Langley Lindqvist Lockhart Maddox "
    "Marlowe Merriweather Moss Nakamura Nightingale Norcross Okafor Oldroyd Osei Pemberton "
    "Penrose Pickering Quayle Rahman Ravenscroft Redmayne Rowntree Sandoval Saltmarsh Selby "
    "Shaw Sinclair Stanhope Tarrant Thackeray Thornbury Treloar Underhill Vance Wainwright "
    "Warrick Westbrook Whitfield Wolfe Yarrow"
).split()
STREETS = (
    "Weir Cottages", "Quay Street", "Chapel Row", "Lantern Hill", "Marsh Lane", "Netmakers Row",
    "Harbour Terrace", "Cobb Street", "Gull Lane", "Saltpan Road", "Orchard Close", "Beacon Road",
)  # fmt: skip
POSTCODES = ("AM4 2TR", "AM4 2TQ", "AM4 3BD", "AM4 3BH", "AM4 1LW", "AM5 6DN")
ABOUTS = (
    "", "", "", "", "", "Asks after the starter every time.", "Takes the crust end.",
    "Comes with the dog, who gets a crust.", "No nuts.", "Likes the corner table.",
    "Bakes at home, likes to talk flour.", "Pays in coins.", "Has a key for the bins.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Persona:
    """One customer-to-be. `manager` is a key of demo/team.py, or empty."""

    key: str
    name: str
    habit: Habit | None
    kind: str = "person"
    given: str = ""
    family: str = ""
    manager: str = ""
    since_ago: int = 0
    about: str = ""
    street: str = ""
    postcode: str = ""
    phone: str = ""
    email: str = ""
    household: str = ""
    served_by: tuple[str, ...] = ()
    # Whose older card this is, by their key.
    card_of: str = ""


def address_of(name: str, taken: set[str]) -> str:
    """An address in a domain that is reserved for examples; no two are alike."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem = ".".join(re.findall(r"[a-z]+", plain.lower()))
    number = next(n for n in range(1, 1000) if f"{stem}{n if n > 1 else ''}" not in taken)
    local = f"{stem}{number if number > 1 else ''}"
    taken.add(local)
    return f"{local}@example.com"


class PhoneBook:
    """Numbers that Ofcom keeps for drama: no two alike, and none of those given in the stories."""

    def __init__(self, scene: Scene, taken: set[str]) -> None:
        every = [f"01632 960 {n:03}" for n in range(1000)]
        every += [f"07700 900 {n:03}" for n in range(1000)]
        self._free = [number for number in every if number not in taken]
        scene.lot("phones").shuffle(self._free)

    def next(self) -> str:
        return self._free.pop()
