"""What the form of a departure takes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.core.forms import day_widget
from regulars.departures.actions.leaving import LONGEST, Why
from regulars.departures.choices import Reason, SaidBy, Sureness


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
