"""What the forms of cases take."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.cases.actions import LONGEST
from regulars.cases.choices import CaseKind, MakeGoodKind
from regulars.cases.models import Case, Cause
from regulars.core.forms import AmountField, day_widget
from regulars.core.money import Money
from regulars.promises.actions import LONGEST as LONGEST_PROMISE
from regulars.team.queries import the_named_business

END_OF_DAY = time(23, 59)


def _lines(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class OpenForm(forms.Form):
    """What went wrong, as the customer told it."""

    what = forms.CharField(max_length=LONGEST, label=_("What is wrong?"), widget=_lines())
    kind = forms.ChoiceField(choices=CaseKind.choices, label=_("What is it?"))
    product = forms.CharField(required=False, max_length=200, label=_("With what?"))


class WordsForm(forms.Form):
    """A line about a case."""

    words = forms.CharField(max_length=LONGEST, label=_("In a line or two"), widget=_lines(2))


class ResolveForm(WordsForm):
    """What was done; and whether words alone are enough this time."""

    is_enough = forms.BooleanField(required=False, label=_("Words are enough this time"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["words"].label = _("What did we do?")
        self.fields["words"].help_text = _("In words that the customer can read.")


class DescribeForm(forms.Form):
    """What a case is about, and why it happened."""

    kind = forms.ChoiceField(choices=CaseKind.choices, label=_("What is it?"))
    product = forms.CharField(required=False, max_length=200, label=_("With what?"))
    cause = forms.CharField(
        required=False, max_length=100, label=_("Why did it happen?"),
        widget=forms.TextInput(attrs={"list": "causes", "autocomplete": "off"}),
        help_text=_("In words of your own; the same words each time, so that they add up."),
    )  # fmt: skip

    @classmethod
    def of(cls, case: Case) -> "DescribeForm":
        cause = case.cause.name if case.cause else ""
        return cls(initial={"kind": case.kind, "product": case.product, "cause": cause})


def causes() -> list[str]:
    """The causes that were named, for whoever names the next."""
    return list(Cause.objects.filter(archived_at=None).values_list("name", flat=True)[:500])


class MakeGoodForm(forms.Form):
    """What they are given, and what it costs us."""

    kind = forms.ChoiceField(choices=MakeGoodKind.choices, label=_("What do they get?"))
    cost = AmountField(label=_("What does it cost us?"), required=False)
    words = forms.CharField(required=False, max_length=500, label=_("In a line"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _count_in_ours(self.fields["cost"])

    def money(self) -> Money:
        return Money.of(self.cleaned_data["cost"] or 0, the_named_business().currency)


class BudgetForm(forms.Form):
    """What somebody may give away in a month without asking."""

    amount = AmountField(label=_("A month"))
    may_approve = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _count_in_ours(self.fields["amount"])

    def money(self) -> Money:
        return Money.of(self.cleaned_data["amount"], the_named_business().currency)


def _count_in_ours(field: Any) -> None:
    field.count_in(the_named_business().currency)


class LevelForm(forms.Form):
    """How long a tier waits at most, in hours while we are open."""

    answer = forms.DecimalField(
        min_value=Decimal("0.25"), max_digits=6, decimal_places=2, label=_("First answer, hours")
    )
    resolve = forms.DecimalField(
        min_value=Decimal("0.25"), max_digits=6, decimal_places=2, label=_("Put right, hours")
    )

    def minutes(self) -> tuple[int, int]:
        return int(self.cleaned_data["answer"] * 60), int(self.cleaned_data["resolve"] * 60)


class PromiseForm(forms.Form):
    """What we promise in a case, and by which day."""

    what = forms.CharField(max_length=LONGEST_PROMISE, label=_("What do we promise?"))
    due_on = forms.DateField(label=_("By which day"), widget=day_widget())

    def due_at(self) -> datetime:
        day: date = self.cleaned_data["due_on"]
        return datetime.combine(day, END_OF_DAY, ZoneInfo(the_named_business().time_zone))
