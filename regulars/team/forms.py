"""Checking what is typed about the business, its people and oneself."""

import re
from collections.abc import Sequence
from datetime import time
from typing import Any

from allauth.account import forms as allauth_forms
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.team.actions import Described, NewMember
from regulars.team.choices import (
    LANGUAGES,
    AbsenceKind,
    Role,
    Weekday,
    countries,
    currencies,
    time_zones,
)
from regulars.team.models import Absence, Business, Member
from regulars.team.queries import is_currency_settled, members_who_cover, the_business

_STRETCH = re.compile(
    r"\s*(\d{1,2})(?:[:.h](\d{2}))?\s*(?:-|–|—|to|bis|à)\s*(\d{1,2})(?:[:.h](\d{2}))?\s*"
)
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _guessed_select(**attributes: str) -> forms.Select:
    """A choice that the machine has made, in pencil until somebody makes it theirs."""
    return forms.Select(attrs={"class": "guessed", **attributes})


class BusinessForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the business"), max_length=200)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )  # fmt: skip
    street = forms.CharField(label=gettext_lazy("Street"), max_length=200, required=False)
    postcode = forms.CharField(label=gettext_lazy("Postcode"), max_length=20, required=False)
    city = forms.CharField(label=gettext_lazy("Town"), max_length=100, required=False)
    country = forms.ChoiceField(label=gettext_lazy("Country"), choices=countries)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"), choices=currencies)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=time_zones)

    def described(self) -> Described:
        return Described(**{name: self.cleaned_data[name] for name in Described.__slots__})


class SettingsForm(BusinessForm):
    live_since = forms.DateField(
        label=gettext_lazy("Using Regulars since"),
        help_text=gettext_lazy("Nothing dated before this day starts a message or a reminder."),
        widget=_DAY,
    )

    first_language = forms.ChoiceField(
        label=gettext_lazy("You write to customers in"), choices=LANGUAGES.items(), required=False
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("And also in"), choices=LANGUAGES.items(), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Bulletins have boxes for each of them."),
    )  # fmt: skip

    @classmethod
    def of(cls, business: Business) -> "SettingsForm":
        names = [*Described.__slots__, "live_since", "languages"]
        known = {name: getattr(business, name) for name in names}
        return cls(initial={**known, "first_language": (business.languages or ["en"])[0]})

    def written_languages(self) -> list[str]:
        """The first one first; no other, and it is the product's own: nothing to keep."""
        first = self.cleaned_data["first_language"] or "en"
        found = [first, *(one for one in self.cleaned_data["languages"] if one != first)]
        return [] if found == ["en"] else found


class NewPasswordField(forms.CharField):
    """A password that nobody guesses; the settings say how long."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Password"))
        options["widget"] = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        super().__init__(strip=False, **options)


class FirstAccountForm(forms.Form):
    your_name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"), max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )  # fmt: skip
    password = NewPasswordField(
        label=gettext_lazy("Password"),
        required=False,
        help_text=gettext_lazy(
            "At least 15 characters; a sentence is easy to remember. Left empty, you sign in by a "
            "link that “regulars sign-in” prints where Regulars runs."
        ),
    )
    name = forms.CharField(label=gettext_lazy("Name of the business"), max_length=200)
    country = forms.ChoiceField(
        label=gettext_lazy("Country"), choices=countries, widget=_guessed_select()
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), choices=currencies, widget=_guessed_select()
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=time_zones,
        widget=_guessed_select(**{"data-guess-zone": ""}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        business = the_business()
        if business is not None and is_currency_settled():
            self.fields["currency"].disabled = True
            self.fields["currency"].initial = self.initial["currency"] = business.currency
            self.fields["currency"].help_text = _("Amounts are kept in it already.")
        if self.is_bound:
            for name in ("country", "currency", "time_zone"):
                self.fields[name].widget.attrs["class"] = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        _check_password(self, cleaned, name=cleaned.get("your_name", ""))
        return cleaned

    def owner(self) -> NewMember:
        said = self.cleaned_data
        return NewMember(said["your_name"], said["email"], said["password"] or None)

    def described(self) -> Described:
        said = self.cleaned_data
        return Described(said["name"], said["currency"], said["time_zone"], said["country"])


class JoinForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    password = NewPasswordField(
        label=gettext_lazy("Password"),
        help_text=gettext_lazy("At least 15 characters; a sentence is easy to remember."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        _check_password(self, cleaned, name=cleaned.get("name", ""))
        return cleaned


class InviteForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("E-mail address"), max_length=254)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices, initial=Role.MANAGER)


class RoleForm(forms.Form):
    role = forms.ChoiceField(choices=Role.choices)


class ClosureForm(forms.Form):
    starts_on = forms.DateField(label=gettext_lazy("First day closed"), widget=_DAY)
    ends_on = forms.DateField(label=gettext_lazy("Last day closed"), widget=_DAY)
    why = forms.CharField(
        label=gettext_lazy("Why"), max_length=200, required=False,
        help_text=gettext_lazy("For example: water damage, holidays."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day closed comes before the first."))
        return cleaned


class AbsenceForm(forms.Form):
    """Who is away, from when until when, and who reaches their customers meanwhile."""

    member = forms.ModelChoiceField(
        Member.objects.none(), label=gettext_lazy("Who"), empty_label=gettext_lazy("Choose")
    )
    starts_on = forms.DateField(label=gettext_lazy("First day away"), widget=_DAY)
    ends_on = forms.DateField(label=gettext_lazy("Last day away"), widget=_DAY)
    kind = forms.ChoiceField(label=gettext_lazy("Why"), choices=AbsenceKind.choices)
    covered_by = forms.ModelChoiceField(
        Member.objects.none(), label=gettext_lazy("Who covers"), required=False,
        empty_label=gettext_lazy("Shared among those with time"),
    )  # fmt: skip

    def __init__(self, said: Any = None, *, whose: Sequence[Member], **options: Any) -> None:
        super().__init__(said, **options)
        member, cover = self.fields["member"], self.fields["covered_by"]
        assert isinstance(member, forms.ModelChoiceField)
        assert isinstance(cover, forms.ModelChoiceField)
        member.queryset = Member.objects.filter(pk__in=[one.pk for one in whose])
        # Those who look at their own have nobody else to choose.
        if len(whose) == 1:
            member.initial, member.widget = whose[0].pk, forms.HiddenInput()
            cover.queryset = members_who_cover().exclude(pk=whose[0].pk)
        else:
            cover.queryset = members_who_cover()

    @classmethod
    def of(cls, absence: Absence, said: Any = None) -> "AbsenceForm":
        """One that stands already: its member stays."""
        standing = {name: getattr(absence, name) for name in ("starts_on", "ends_on", "kind")}
        standing["covered_by"] = absence.covered_by_id
        return cls(said, whose=[absence.member], prefix=f"a{absence.pk}", initial=standing)

    def said(self) -> dict[str, Any]:
        """The days and the rest, as the actions take them."""
        names = ("starts_on", "ends_on", "kind", "covered_by")
        return {name: self.cleaned_data[name] for name in names}


class MinutesForm(forms.Form):
    """Minutes for each weekday, from Monday to Sunday."""

    def __init__(self, said: Any = None, *, member: Member, week: tuple[int, ...]) -> None:
        super().__init__(said, prefix=f"m{member.pk}")
        for weekday in Weekday:
            self.fields[f"day{weekday}"] = forms.IntegerField(
                label=weekday.label, min_value=0, max_value=1440, initial=week[weekday]
            )

    def minutes(self) -> dict[int, int]:
        return {weekday: self.cleaned_data[f"day{weekday}"] for weekday in range(7)}


class HoursForm(forms.Form):
    """Opening hours as people write them: “8:00–13:00, 14:00–18:00”; empty means closed."""

    def __init__(self, *args: Any, business: Business, **options: Any) -> None:
        super().__init__(*args, **options)
        written: dict[int, list[str]] = {}
        for row in business.opening_hours.all():
            stretch = f"{row.opens_at:%H:%M}–{row.closes_at:%H:%M}"
            written.setdefault(row.weekday, []).append(stretch)
        for weekday in Weekday:
            self.fields[f"day{weekday}"] = forms.CharField(
                label=weekday.label,
                required=False,
                max_length=60,
                widget=forms.TextInput(attrs={"class": "input"}),
                initial=", ".join(written.get(weekday, [])),
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for weekday in Weekday:
            try:
                cleaned[f"day{weekday}"] = _stretches(cleaned.get(f"day{weekday}") or "")
            except ValueError:
                self.add_error(
                    f"day{weekday}", _("Write the hours like “8:00–13:00, 14:00–18:00”.")
                )
        return cleaned

    def stretches(self) -> list[tuple[int, time, time]]:
        said = self.cleaned_data
        return [(day, *pair) for day in range(7) for pair in said[f"day{day}"]]


class _Unprompted:
    """A label says what a field is; the same words inside it vanish when one types."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SignInForm(_Unprompted, allauth_forms.LoginForm):  # type: ignore[misc]
    pass


class OnceMoreForm(_Unprompted, allauth_forms.ReauthenticateForm):  # type: ignore[misc]
    pass


class ChangePasswordForm(_Unprompted, allauth_forms.ChangePasswordForm):  # type: ignore[misc]
    pass


class SetPasswordForm(_Unprompted, allauth_forms.SetPasswordForm):  # type: ignore[misc]
    pass


def _stretches(text: str) -> list[tuple[time, time]]:
    found = []
    for part in filter(str.strip, re.split(r"[,;]| and ", text)):
        match = _STRETCH.fullmatch(part)
        if match is None:
            raise ValueError(part)
        hour, minute, last_hour, last_minute = (int(n or 0) for n in match.groups())
        # Till midnight: the day has no 24:00.
        closes = time(23, 59) if last_hour == 24 and not last_minute else None
        found.append((time(hour, minute), closes or time(last_hour, last_minute)))
    if any(closes <= opens for opens, closes in found):
        raise ValueError(text)
    return found


def _check_password(form: forms.Form, cleaned: dict[str, Any], *, name: str) -> None:
    password = cleaned.get("password")
    if not password:
        return
    try:
        validate_password(password, Member(name=name, email=cleaned.get("email", "")))
    except ValidationError as weak:
        form.add_error("password", weak)
