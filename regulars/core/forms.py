"""Fields that several rooms' forms share."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import DecimalValidator

from regulars.core.money import exponent_of

# More is a slip of the finger: in major units of a currency with hundredths.
DIGITS = 11


class AmountField(forms.DecimalField):
    """An amount of nought or more, with as many decimals as its currency has."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("min_value", Decimal(0))
        super().__init__(max_digits=DIGITS, decimal_places=2, **options)

    def count_in(self, currency: str) -> None:
        """Take the decimals of this currency: yen have none, dinars three."""
        places = exponent_of(currency)
        self.decimal_places = places
        self.validators = [
            one for one in self.validators if not isinstance(one, DecimalValidator)
        ] + [DecimalValidator(self.max_digits, places)]
        self.widget.attrs.update({"step": str(Decimal(1).scaleb(-places))})


def day_widget() -> forms.DateInput:
    """A day as browsers take it; in the language of the page they would show it as empty."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
