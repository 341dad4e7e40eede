"""What the form of a departure takes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.core.forms import day_widget
from regulars.core.money import Money
from regulars.departures.actions.costs import Spend
from regulars.departures.actions.leaving import LONGEST, Why
from regulars.departures.actions.winning import LONGEST_CHANGE, LONGEST_GIFT
from regulars.departures.choices import Aim, Give, Reason, SaidBy, Sureness

_AMOUNT: dict[str, Any] = {"min_value": 0, "max_digits": 14, "decimal_places": 3}


class DepartureForm(forms.Form):
    """Why they left, who said so, how sure that is, and when."""

    reason = forms.ChoiceField(label=_("Why they left"), choices=Reason.choices)
    said_by = forms.ChoiceField(label=_("How we know"), choices=SaidBy.choices)
    sureness = forms.ChoiceField(label=_("How sure that is"), choices=Sureness.choices)
    words = forms.CharField(
        required=False, max_length=LONGEST, label=_("In words"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    left_on = forms.DateField(
        required=False, label=_("Left on"), widget=day_widget(),
        help_text=_("Left out, the day of their last purchase."),
    )  # fmt: skip

    wants_peace = forms.BooleanField(
        required=False, label=_("They want to be left in peace"),
        help_text=_("Then nothing is written to them any more, and nobody calls or visits. Only"
                    " they can change that."),
    )  # fmt: skip

    def why(self) -> Why:
        given = self.cleaned_data
        return Why(
            Reason(given["reason"]), SaidBy(given["said_by"]), Sureness(given["sureness"]),
            given["words"], given["wants_peace"],
        )  # fmt: skip


class ChangeForm(forms.Form):
    """What we changed, and since when it is so."""

    words = forms.CharField(
        max_length=LONGEST_CHANGE, label=_("What is different now"),
        help_text=_("In one sentence, as you would say it to them: a letter says it word by word."),
    )  # fmt: skip
    changed_on = forms.DateField(label=_("Since"), widget=day_widget())


class LetterForm(forms.Form):
    """What a letter gives, beside what has changed: one thing at most."""

    give = forms.ChoiceField(label=_("What it gives"), choices=Give.choices)
    gift = forms.CharField(
        required=False, max_length=LONGEST_GIFT, label=_("In words"),
        help_text=_("As the letter says it: “the first loaf is on us”. Empty for nothing."),
    )  # fmt: skip
    cost = forms.DecimalField(
        required=False, min_value=0, max_digits=10, decimal_places=3,
        label=_("What it costs you, of each who comes back"),
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )  # fmt: skip

    def __init__(self, *args: Any, currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.currency = currency

    def cost_minor(self) -> int:
        return Money.of(self.cleaned_data["cost"] or 0, self.currency).minor


KINDS = {"total": _("in all, between two days"), "each": _("what one customer costs")}


class SpentForm(forms.Form):
    """What was spent, for what, and when."""

    aim = forms.ChoiceField(label=_("For what"), choices=Aim.choices)
    name = forms.CharField(max_length=120, label=_("On what"))
    kind = forms.ChoiceField(label=_("The amount is"), choices=list(KINDS.items()))
    low = forms.DecimalField(label=_("Amount"), **_AMOUNT)
    high = forms.DecimalField(
        label=_("At most"), required=False, help_text=_("Where you know it only as a range."),
        **_AMOUNT,
    )  # fmt: skip
    from_on = forms.DateField(
        required=False, label=_("From"), widget=day_widget(),
        help_text=_("Not needed for what one customer costs."),
    )  # fmt: skip
    until_on = forms.DateField(
        required=False, label=_("Until, this day included"), widget=day_widget()
    )

    def __init__(self, *args: Any, currency: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.currency = currency

    def told(self) -> Spend:
        given = self.cleaned_data
        high = given["low"] if given["high"] is None else given["high"]
        return Spend(
            Aim(given["aim"]), given["name"], Money.of(given["low"], self.currency).minor,
            Money.of(high, self.currency).minor, is_each=given["kind"] == "each",
            from_on=given["from_on"], until_on=given["until_on"],
        )  # fmt: skip
