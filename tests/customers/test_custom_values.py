from datetime import date
from decimal import Decimal

import pytest

from regulars.core.money import Money
from regulars.customers.choices import CustomKind
from regulars.customers.custom_values import Held, value_read, value_shown, value_written
from regulars.customers.errors import ValueUnreadable
from regulars.customers.models import CustomField

CHOICES = [{"key": "s", "label": "Small"}, {"key": "xl", "label": "Very large"}]


def field(kind: CustomKind) -> CustomField:
    return CustomField(key="f", label="Size", kind=kind, choices=CHOICES)


@pytest.mark.parametrize(
    ("kind", "written", "held", "shown"),
    [
        (CustomKind.TEXT, "  by  van ", "by  van", "by  van"),
        (CustomKind.NUMBER, "12.50", Decimal("12.5"), "12.5"),
        (CustomKind.NUMBER, "1,234.5", Decimal("1234.5"), "1234.5"),
        (CustomKind.NUMBER, "12,5", Decimal("12.5"), "12.5"),
        (CustomKind.NUMBER, "-0.0001", Decimal("-0.0001"), "-0.0001"),
        (CustomKind.MONEY, "1,200.505", Money(120051, "GBP"), "£1,200.51"),
        (CustomKind.DAY, "2026-11-24", date(2026, 11, 24), "24 Nov 2026"),
        (CustomKind.DAY, "24.11.2026", date(2026, 11, 24), "24 Nov 2026"),
        (CustomKind.CHOICE, "VERY large", "xl", "Very large"),
        (CustomKind.CHOICE, "s", "s", "Small"),
        (CustomKind.FLAG, "Yes", True, "Yes"),
        (CustomKind.FLAG, "0", False, "No"),
        (CustomKind.LINK, "example.com/a?b=c", "https://example.com/a?b=c", None),
        (CustomKind.LINK, "http://example.com", "http://example.com", None),
    ],
)
def test_what_is_written_is_kept_and_shown(
    kind: CustomKind, written: str, held: Held, shown: str | None
) -> None:
    of = field(kind)

    read = value_read(of, written, "GBP")

    assert read == held
    assert value_shown(of, held) == (held if shown is None else shown)
    assert value_read(of, value_written(of, held), "GBP") == held


def test_several_choices_are_kept_once_each() -> None:
    of = field(CustomKind.CHOICES)

    held = value_read(of, ["Small", "s", "xl", ""], "GBP")

    assert held == ("s", "xl")
    assert value_shown(of, held) == value_written(of, held) == "Small, Very large"
    assert value_read(of, "Small, very LARGE; s", "GBP") == held


@pytest.mark.parametrize("kind", list(CustomKind))
def test_nothing_written_is_nothing(kind: CustomKind) -> None:
    assert value_read(field(kind), "  ", "GBP") is None
    assert value_written(field(kind), None) == ""


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        (CustomKind.TEXT, "x" * 501),
        (CustomKind.NUMBER, "a dozen"),
        (CustomKind.NUMBER, "NaN"),
        (CustomKind.NUMBER, "Infinity"),
        (CustomKind.NUMBER, "100000000000"),
        (CustomKind.NUMBER, "1e400"),
        (CustomKind.MONEY, "9" * 30),
        (CustomKind.DAY, "31.2.2026"),
        (CustomKind.CHOICE, "Medium"),
        (CustomKind.CHOICES, "Medium"),
        (CustomKind.FLAG, "perhaps"),
        (CustomKind.LINK, "javascript:alert(1)//"),
        (CustomKind.LINK, "file:///etc/passwd"),
        (CustomKind.LINK, "nowhere"),
        (CustomKind.LINK, "https://[::1"),
    ],
    ids=str,
)
def test_what_is_not_of_the_kind_is_refused_by_name(kind: CustomKind, written: str) -> None:
    with pytest.raises(ValueUnreadable) as no:
        value_read(field(kind), written, "GBP")

    assert "“Size”" in no.value.sentence
