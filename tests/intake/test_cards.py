"""Address books as vCards."""

import json
from pathlib import Path

import pytest

from regulars.core.errors import Refusal
from regulars.intake.cards import PARTS
from regulars.intake.reading import open_table

CARDS = """BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Oduya;Zo=C3=AB
TEL;CELL;VOICE:01632 960 377
NOTE;ENCODING=QUOTED-PRINTABLE:Rings twice=0D=0A=
and waits
PHOTO;ENCODING=BASE64:R0lGODlhAQABAAAAACw=

END:VCARD
BEGIN:VCARD
VERSION:4.0
FN:Harbour Physio
ORG:Harbour Physio;Reception
TEL;VALUE=uri;TYPE="work,voice":tel:+44-1632-960555;ext=3
EMAIL:desk@harbour.example
EMAIL;TYPE=work:bills@harbour.example
ADR:;;1 Quay;Amble;;NE65 0AA;UK
CATEGORIES:vip,monthly
END:VCARD
"""


def read(path: Path, content: str) -> list[dict[str, str]]:
    path.write_text(content, encoding="utf-8")
    (_first, heading), *rows = open_table(path, name="book.vcf").records()
    return [dict(zip(heading, cells, strict=True)) for _number, cells in rows]


def test_cards_become_rows_with_every_number_and_its_label(tmp_path: Path) -> None:
    zoe, harbour = read(tmp_path / "book.vcf", CARDS)

    assert (zoe["Given Name"], zoe["Family Name"]) == ("Zoë", "Oduya")
    assert (zoe["Phone 1 - Value"], zoe["Phone 1 - Label"]) == ("01632 960 377", "mobile")
    assert zoe["Notes"] == "Rings twice\r\nand waits"
    assert harbour["Organization Name"] == "Harbour Physio"
    assert harbour["Phone 1 - Value"] == "+44-1632-960555"
    assert [harbour[f"E-mail {n} - Value"] for n in (1, 2)] == [
        "desk@harbour.example", "bills@harbour.example",
    ]  # fmt: skip
    assert harbour["E-mail 2 - Label"] == "work"
    assert (harbour["Address 1 - Street"], harbour["Address 1 - Postal Code"]) == (
        "1 Quay", "NE65 0AA",
    )  # fmt: skip
    assert harbour["Tags"] == "vip, monthly"


def test_pictures_are_left_out_with_a_word(tmp_path: Path) -> None:
    path = tmp_path / "book.vcf"
    path.write_text(CARDS, encoding="utf-8")

    table = open_table(path, name="book.vcf")

    assert table.description == "vCard 2.1, 4.0"
    assert table.remarks == (
        "1 picture, sound or key in the cards was left out: the list keeps none.",
    )
    assert open_table(path, name="book.vcf").remarks == table.remarks


@pytest.mark.parametrize(
    "content",
    ["BEGIN:VCARD\nVERSION:3.0\n", "BEGIN:VCARD\n"],
    ids=["cut", "first line"],
)
def test_a_file_without_a_whole_card_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "book.vcf"
    path.write_text(content)

    with pytest.raises(Refusal) as refused:
        list(open_table(path, name="book.vcf").records())

    assert refused.value.remedy


@pytest.mark.realdata
def test_every_card_is_read_as_vobject_reads_it(real_data: Path, tmp_path: Path) -> None:
    folder = real_data / "exports" / "vcards"
    known = json.loads((folder / "expected_by_vobject.json").read_text())
    value = {kind: names[0].partition("{")[0] for kind, names in PARTS.items()}

    for name, told in known.items():
        table = open_table(folder / name, name=name, folder=tmp_path)
        (_number, heading), *rows = table.records()
        people = [dict(zip(heading, cells, strict=True)) for _number, cells in rows]
        found = [
            (
                person["Name"],
                [v for k, v in person.items() if k.startswith(value["email"]) and "V" in k and v],
                [v for k, v in person.items() if k.startswith(value["tel"]) and "V" in k and v],
                person["Organization Name"],
            )
            for person in people
        ]
        truth = [
            (
                card["fn"],
                card["emails"],
                [tel.removeprefix("tel:").partition(";ext")[0] for tel in card["tels"]],
                card["org"][0][0] if card["org"] else "",
            )
            for card in told["vobject"]
        ]

        assert (name, found) == (name, truth)
