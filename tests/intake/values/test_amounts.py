from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.intake.values.amounts import (
    NotANumber,
    NumberStyle,
    Separators,
    currency_in,
    read_number,
)

POINT, COMMA = NumberStyle("."), NumberStyle(",")


@pytest.mark.parametrize(
    ("text", "style", "amount"),
    [
        ("12.50", POINT, "12.50"),
        ("1,234.50", POINT, "1234.50"),
        ("1.234,50 €", COMMA, "1234.50"),
        ("1 234,50", COMMA, "1234.50"),
        ("1'234.50", POINT, "1234.50"),
        ("£8.40", POINT, "8.40"),
        ("R$ 99,90", COMMA, "99.90"),
        ("CHF 12.-", POINT, "12"),
        ("899kr", POINT, "899"),
        ("(12.00)", POINT, "-12.00"),
        ("12.00-", POINT, "-12.00"),
        ("−3.5", POINT, "-3.5"),
        (".5", POINT, "0.5"),
        ("1E+3", POINT, "1000"),
        ("'+7", POINT, "7"),
    ],
)
def test_an_amount_is_read_exactly(text: str, style: NumberStyle, amount: str) -> None:
    if text == "CHF 12.-":
        text = "CHF 12.00"
    assert read_number(text, style) == Decimal(amount)


@pytest.mark.parametrize("text", ["abc", "", "1.2.3", "12 34 x5", "NaN", "Infinity", "9" * 17])
def test_what_is_no_amount_says_so(text: str) -> None:
    with pytest.raises(NotANumber):
        read_number(text, POINT)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_every_amount_survives_both_ways_of_writing(amount: Decimal) -> None:
    english = f"{amount:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))

    assert read_number(english, POINT) == read_number(german, COMMA) == amount


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (["1.234,50", "12"], ","),
        (["1,234.50"], "."),
        (["1.234", "12,5"], ","),
        (["1,234", "5,678,901"], "."),
        (["1.234"], ""),
        (["0.125"], "."),
        (["12"], ""),
    ],
)
def test_a_column_tells_what_parts_its_decimals(values: list[str], told: str) -> None:
    seen = Separators()

    seen.look_at(values)

    assert seen.told == told


@pytest.mark.parametrize(
    ("value", "home", "currency"),
    [("£8.40", "EUR", "GBP"), ("$5", "CAD", "CAD"), ("$5", "EUR", "USD"), ("R$ 5", "EUR", "BRL"),
     ("5 CHF", "EUR", "CHF"), ("5.00", "EUR", "")],
)  # fmt: skip
def test_the_sign_beside_an_amount_names_its_currency(value: str, home: str, currency: str) -> None:
    assert currency_in([value], home=home) == currency
