"""What the forms of break-even take: amounts in pounds and euros, margins in per cent."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.core.money import Money
from regulars.goals.actions.breaking_even import Cost, Group, If
from regulars.goals.choices import Every, SeasonFrom
from regulars.goals.models import Basis, FixedCost, ProductGroup, WhatIf
from regulars.insight.plates.plate import month_name

HUNDRED = 100
MOST_WEIGHT = 1_000_000_000


def _amount(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        **{"min_value": Decimal(0), "max_digits": 14, "decimal_places": 3, "label": label, **more},
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )  # fmt: skip


def _share(label: Any, **more: Any) -> forms.DecimalField:
    told = {"max_digits": 7, "decimal_places": 2, "label": label, "required": False, **more}
    return forms.DecimalField(
        **told, widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"})
    )


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        required=False,
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class MoneyForm(forms.Form):
    """A form with amounts in the business's currency."""

    def __init__(self, *args: Any, currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.currency = currency

    def minor(self, name: str) -> int | None:
        amount = self.cleaned_data.get(name)
        return None if amount is None else Money.of(amount, self.currency).minor

    def _refuse_below(self, low: str, high: str, why: str) -> None:
        """The most is not below the least; nothing said is the same as the least."""
        least, most = self.cleaned_data.get(low), self.cleaned_data.get(high)
        if least is not None and most is not None and most < least:
            self.add_error(high, why)


class CostForm(MoneyForm):
    """What is paid however much is sold."""

    name = forms.CharField(max_length=120, label=_("What is paid"))
    low = _amount(_("Amount"))
    high = _amount(_("At most"), required=False, help_text=_("Where you know it only as a range."))
    every = forms.ChoiceField(choices=Every.choices, label=_("How often"))
    from_on = _day(_("From"))
    until_on = _day(_("Until, this day included"))
    above = _amount(
        _("Only in months that sell for more than"), required=False,
        help_text=_("For a cost that comes in steps: a second oven, a helper for the busy weeks."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        self._refuse_below("low", "high", gettext("The most is not below the amount."))
        begins, ends = told.get("from_on"), told.get("until_on")
        if begins and ends and ends < begins:
            self.add_error("until_on", gettext("It ends on the day on which it begins, or later."))
        return told

    def told(self) -> Cost:
        low = self.minor("low") or 0
        high = self.minor("high")
        given = self.cleaned_data
        return Cost(
            given["name"], low, low if high is None else high, given["every"], given["from_on"],
            given["until_on"], self.minor("above"),
        )  # fmt: skip

    @classmethod
    def of(cls, row: FixedCost, currency: str) -> "CostForm":
        return cls(
            currency=currency,
            auto_id=f"cost-{row.pk}-%s",
            initial={
                "name": row.name, "low": major(row.low_minor, currency), "every": row.every,
                "high": None if row.high_minor == row.low_minor
                else major(row.high_minor, currency),
                "from_on": row.from_on, "until_on": row.until_on,
                "above": major(row.above_minor, currency),
            },
        )  # fmt: skip


class GroupForm(MoneyForm):
    """Goods of which about as much is left of each sale."""

    name = forms.CharField(max_length=80, label=_("What is sold"))
    margin_low = _share(
        _("Left of each 100 that is sold, once the goods are paid"),
        help_text=_("The margin in per cent: bread sold for 4.00 whose flour, wood and box cost"
                    " 1.20 leaves 70. Wages and rent are no part of it."),
    )  # fmt: skip
    margin_high = _share(_("At most"), help_text=_("Where you know it only as a range."))
    price = _amount(
        _("Or: the price of one"), required=False,
        help_text=_("With a price it is also said how many pieces it takes."),
    )  # fmt: skip
    cost_low = _amount(_("What one costs us"), required=False)
    cost_high = _amount(_("At most"), required=False)
    weight = forms.IntegerField(
        required=False, min_value=0, max_value=MOST_WEIGHT,
        label=_("Of 100 that are sold, so much is of this"),
        help_text=_("Left out: as the orders of the last twelve months have it."),
    )  # fmt: skip
    words = forms.CharField(
        required=False, max_length=2_000, widget=forms.Textarea(attrs={"rows": 3}),
        label=_("Which goods belong to it"),
        help_text=_("Article numbers, or words of the description, one a line. The group without"
                    " any takes all that no other took."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        self._refuse_below("margin_low", "margin_high", gettext("The most is not below the least."))
        self._refuse_below("cost_low", "cost_high", gettext("The most is not below the least."))
        for name in ("margin_low", "margin_high"):
            self._check_margin(name)
        if self.errors:
            return told
        has_margin, has_cost = told.get("margin_low") is not None, told.get("cost_low") is not None
        if has_margin and has_cost:
            self.add_error(
                "cost_low", gettext("Either the margin or what one costs: they may differ.")
            )
        elif has_cost and not told.get("price"):
            self.add_error(
                "price", gettext("What is left of a sale follows from price and cost: say both.")
            )
        elif not has_margin and not has_cost:
            self.add_error(
                "margin_low", gettext("Say what is left of 100, or price and cost of one.")
            )
        return told

    def _check_margin(self, name: str) -> None:
        margin = self.cleaned_data.get(name)
        if margin is not None and margin > HUNDRED:
            self.add_error(name, gettext(
                "More than 100 of each 100 cannot be left. If 150 is what you add to the cost, the"
                " margin is 60: 150 of 250."
            ))  # fmt: skip
        elif margin is not None and margin < -HUNDRED:
            self.add_error(name, gettext("Write how much of each 100 is left, from -100 to 100."))

    def told(self) -> Group:
        given = self.cleaned_data
        low, high = given["margin_low"], given["margin_high"]
        cost, most = self.minor("cost_low"), self.minor("cost_high")
        return Group(
            given["name"], given["words"],
            None if low is None else _bp(low),
            None if low is None else _bp(low if high is None else high),
            self.minor("price") or None, cost, cost if most is None else most, given["weight"],
        )  # fmt: skip

    @classmethod
    def of(cls, row: ProductGroup, currency: str) -> "GroupForm":
        low, high = row.margin_low_bp, row.margin_high_bp
        return cls(
            currency=currency,
            auto_id=f"group-{row.pk}-%s",
            initial={
                "name": row.name, "words": row.words, "weight": row.weight,
                "margin_low": _per_cent(low),
                "margin_high": _per_cent(high if high != low else None),
                "price": major(row.price_minor, currency),
                "cost_low": major(row.cost_low_minor, currency),
                "cost_high": None if row.cost_high_minor == row.cost_low_minor
                else major(row.cost_high_minor, currency),
            },
        )  # fmt: skip


class IfForm(MoneyForm):
    """What if prices, costs or the mix were others?"""

    name = forms.CharField(max_length=80, label=_("What you would do"))
    price = _share(
        _("Prices change by, in per cent"), min_value=Decimal(-99), max_value=Decimal(1000)
    )
    cost = _share(
        _("What the goods cost us changes by, in per cent"), min_value=Decimal(-100),
        max_value=Decimal(1000),
    )  # fmt: skip
    fixed = _amount(
        _("Fixed costs change by, a month"), required=False, min_value=None,
        help_text=_("More, or with a minus less."),
    )  # fmt: skip
    only = forms.ChoiceField(required=False, label=_("Prices and goods of"))

    def __init__(self, *args: Any, groups: Sequence[ProductGroup], **options: Any) -> None:
        super().__init__(*args, **options)
        self.groups = groups
        only = self.fields["only"]
        assert isinstance(only, forms.ChoiceField)
        only.choices = [("", gettext("all groups")), *((str(one.pk), one.name) for one in groups)]
        for group in groups if len(groups) > 1 else ():
            self.fields[f"mix_{group.pk}"] = forms.IntegerField(
                required=False, min_value=0, max_value=MOST_WEIGHT,
                label=gettext("Of 100 that are sold, %(group)s") % {"group": group.name},
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        given = [told.get(f"mix_{group.pk}") for group in self.groups]
        if any(one is not None for one in given):
            if any(one is None for one in given):
                self.add_error(
                    None, gettext("Say the mix of all groups, or of none: they add up to 100.")
                )
            elif not any(given):
                self.add_error(
                    None, gettext("Of nothing nothing can be sold: say which groups are.")
                )
        elif not any(told.get(name) for name in ("price", "cost", "fixed")):
            self.add_error(None, gettext("Change something: prices, costs or the mix."))
        return told

    def told(self) -> If:
        given = self.cleaned_data
        mix = {
            str(group.pk): given[f"mix_{group.pk}"]
            for group in self.groups
            if given.get(f"mix_{group.pk}") is not None
        }
        return If(
            given["name"], _bp(given["price"] or 0), _bp(given["cost"] or 0),
            self.minor("fixed") or 0, int(given["only"]) if given["only"] else None, mix,
        )  # fmt: skip

    @classmethod
    def of(cls, row: WhatIf, groups: Sequence[ProductGroup], currency: str) -> "IfForm":
        return cls(
            currency=currency, groups=groups, auto_id=f"if-{row.pk}-%s",
            initial={
                "name": row.name, "price": _per_cent(row.price_bp), "cost": _per_cent(row.cost_bp),
                "fixed": major(row.fixed_minor, currency), "only": row.only_id or "",
                **{f"mix_{pk}": weight for pk, weight in row.mix.items()},
            },
        )  # fmt: skip


class BasisForm(MoneyForm):
    """Money at hand, the average order, and the seasons."""

    cash = _amount(_("Money at hand"), required=False, min_value=None)
    cash_on = _day(_("As of"))
    basket = _amount(
        _("An average order"), required=False,
        help_text=_("Left out: as the orders of the last twelve months have it."),
    )  # fmt: skip
    season = forms.ChoiceField(
        choices=SeasonFrom.choices, label=_("How strong each month is"), widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for month in range(1, 13):
            self.fields[f"month_{month}"] = forms.IntegerField(
                required=False, min_value=0, max_value=MOST_WEIGHT, label=month_name(month)
            )

    @property
    def month_fields(self) -> list[forms.BoundField]:
        return [self[f"month_{month}"] for month in range(1, 13)]

    def clean_basket(self) -> Decimal | None:
        basket: Decimal | None = self.cleaned_data["basket"]
        return basket or None

    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        months = self.month_weights()
        if told.get("season") == SeasonFrom.ENTERED and (len(months) < 12 or not any(months)):
            self.add_error("season", gettext(
                "Say for each of the twelve months how much of a year's sales it is. Amounts of"
                " last year will do: only their proportions count."
            ))  # fmt: skip
        return told

    def month_weights(self) -> list[int]:
        given = (self.cleaned_data.get(f"month_{month}") for month in range(1, 13))
        return [one for one in given if one is not None]

    @classmethod
    def of(cls, row: Basis, currency: str) -> "BasisForm":
        months = {f"month_{place}": one for place, one in enumerate(row.month_weights, 1)}
        return cls(
            currency=currency, auto_id="basis-%s",
            initial={
                "cash": major(row.cash_minor, currency), "cash_on": row.cash_on,
                "basket": major(row.basket_minor, currency), "season": row.season, **months,
            },
        )  # fmt: skip


def major(minor: int | None, currency: str) -> Decimal | None:
    return None if minor is None else Money(minor, currency).major


def _bp(per_cent: Decimal | int) -> int:
    """Hundredths of a per cent."""
    return int(per_cent * HUNDRED)


def _per_cent(bp: int | None) -> Decimal | None:
    return None if bp is None else Decimal(bp) / HUNDRED
