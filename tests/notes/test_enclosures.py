"""What sells in a note is found; what only sounds like it is not."""

import pytest

from regulars.notes.enclosures import enclosed_offer


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Thank you. 20% off your next visit", "20%"),
        ("Heute 15 Prozent für Sie", "15 Prozent"),
        ("Tell them THANKS10 at the till", "THANKS10"),
        ("Your code: BREAD", "code: BREAD"),
        ("Come and save £5 on Saturday", "save £5"),
        ("Für Sie 5 € Rabatt", "5 € Rabatt"),
        ("Have a look: juniper.example/shop", "juniper.example/shop"),
        ("See https://juniper.example.", "https://juniper.example."),
        ("A voucher lies in this card", "voucher"),
        ("Ein Gutschein liegt bei", "Gutschein"),
        ("Voici un bon d’achat", "bon d’achat"),
        ("Un descuento para ti", "descuento"),
        ("Ecco un buono sconto", "buono sconto"),
        ("C’è uno sconto per voi", "sconto"),
        ("Hier is een cadeaubon", "cadeaubon"),
        ("You get a free coffee", "free coffee"),
        ("All at half price", "half price"),
    ],
)
def test_what_sells_is_found_as_it_stands_there(words: str, found: str) -> None:
    assert enclosed_offer(words) == found


@pytest.mark.parametrize(
    "words",
    [
        "Thank you for 42 Saturdays. The rye is back, 100 % rye.",
        "Congratulations on your promotion! I offer my thanks.",
        "Feel free to call me on 020 7946 0991 or write to nora@juniper.example.",
        "È molto buono, B12 and A4. SW1A 1AA is our new postcode.",
        "I still owe you £5 from Tuesday, at 9.30.",
    ],
    ids=["thanks", "promotion", "reach", "buono", "owe"],
)
def test_what_is_only_friendly_passes(words: str) -> None:
    assert enclosed_offer(words) == ""
