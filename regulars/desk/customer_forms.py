"""What the screens of customers take."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.core.actor import HELPER
from regulars.customers.choices import Kind, PointKind
from regulars.insight.choices import Tier
from regulars.team.models import Member
from regulars.team.queries import members_who_look_after


class NewCustomerForm(forms.Form):
    """Name, kind, one way to reach them, who looks after them."""

    name = forms.CharField(max_length=500, label=_("Name"))
    kind = forms.ChoiceField(
        choices=Kind.choices,
        initial=Kind.PERSON,
        label=_("What they are"),
        widget=forms.RadioSelect,
    )
    reach = forms.CharField(
        max_length=500,
        required=False,
        label=_("A way to reach them"),
        help_text=_("A telephone number, an e-mail address, or where they live."),
    )
    manager = forms.ModelChoiceField(
        Member.objects.none(), required=False, label=_("Who looks after them"),
        empty_label=_("nobody yet"),
    )  # fmt: skip

    def __init__(self, *args: Any, member: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        ids = [one.pk for one in members_who_look_after()]
        # A helper who wrote somebody down for a colleague would not see them again.
        chosen = [member.pk] if member.role == HELPER else ids
        field: Any = self.fields["manager"]
        field.queryset = Member.objects.filter(pk__in=chosen)
        field.initial = member.pk
        field.required = member.role == HELPER

    def way(self) -> tuple[PointKind, str] | None:
        """The kind of a contact point shows in how it is written."""
        value = self.cleaned_data["reach"].strip()
        if not value:
            return None
        return kind_of(value), value


def kind_of(value: str) -> PointKind:
    """An address with @ is mail; mostly digits is a telephone; the rest is where they live."""
    if "@" in value:
        return PointKind.EMAIL
    marks = [char for char in value if not char.isspace()]
    digits = sum(char.isdigit() or char in "+()-./" for char in marks)
    return PointKind.PHONE if digits >= 0.8 * len(marks) else PointKind.ADDRESS


class NameForm(forms.Form):
    name = forms.CharField(max_length=500)
    kind = forms.ChoiceField(choices=Kind.choices)


class AboutForm(forms.Form):
    about = forms.CharField(required=False, max_length=20_000)


class PointForm(forms.Form):
    value = forms.CharField(max_length=500)


class TierForm(forms.Form):
    tier = forms.ChoiceField(choices=[("", ""), *Tier.choices], required=False)
    until_on = forms.DateField(required=False)
    reason = forms.CharField(required=False, max_length=2000)
