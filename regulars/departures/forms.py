"""What the form of a departure takes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.core.forms import day_widget
from regulars.core.money import Money
from regulars.departures.actions.leaving import LONGEST, Why
from regulars.departures.actions.winning import LONGEST_CHANGE, LONGEST_GIFT
from regulars.departures.choices import Give, Reason, SaidBy, Sureness


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
