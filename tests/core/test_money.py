import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.core.money import CurrencyMismatch, Money


def test_money_of_rounds_half_up_to_the_minor_unit() -> None:
    assert Money.of("8.405", "GBP") == Money(841, "GBP")
    assert Money.of("1234.5", "JPY") == Money(1235, "JPY")
    assert Money.of("1.0005", "KWD") == Money(1001, "KWD")


@given(st.integers(-(10**12), 10**12), st.sampled_from(["GBP", "JPY", "KWD"]))
def test_money_survives_the_way_through_major_units(minor: int, currency: str) -> None:
    assert Money.of(Money(minor, currency).major, currency) == Money(minor, currency)


def test_money_of_two_currencies_does_not_add_up() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "GBP") + Money(1, "EUR")
