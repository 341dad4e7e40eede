"""Checking what is said of a disruption."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regulars.core.actor import Actor
from regulars.lists.models import Segment
from regulars.lists.queries.segments import segments_for
from regulars.recovery.actions.disruptions import Told
from regulars.recovery.models import Disruption

EVERYBODY, SOME = "everybody", "some"


class MomentField(forms.Field):
    """A moment by the clock on the wall.

    What the clock shows twice when it is put back means the first time (RELIABILITY J2); what it
    leaves out when it is put forward means as much later.
    """

    def __init__(self, **options: Any) -> None:
        options["widget"] = forms.TextInput(attrs={"type": "datetime-local"})
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M")
        return value

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            local = datetime.fromisoformat(text)
            moment = local.replace(tzinfo=timezone.get_current_timezone(), fold=0)
            return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            raise forms.ValidationError(_("Write a day and a time.")) from None


class DisruptionForm(forms.Form):
    """What happened, since when, whom it hits, what still works."""

    what = forms.CharField(
        label=_("What has happened?"), max_length=200,
        help_text=_("In a few words, for everybody who works here: “A fire in the bakehouse”."),
    )  # fmt: skip
    since = MomentField(label=_("Since when?"))
    whom = forms.ChoiceField(
        label=_("Whom does it hit?"),
        choices=[(EVERYBODY, _("All customers")), (SOME, _("Only those of a segment"))],
        initial=EVERYBODY,
        widget=forms.RadioSelect,
    )
    segment = forms.ModelChoiceField(
        label=_("Which segment?"), queryset=Segment.objects.none(), required=False,
        help_text=_("Whoever comes into it later is hit too."),
    )  # fmt: skip
    works_still = forms.CharField(
        label=_("What still works?"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    expected_end = MomentField(
        label=_("When will it be over, as far as you know?"), required=False,
    )  # fmt: skip
    is_closed = forms.BooleanField(
        label=_("We are closed: these days count against no customer"), required=False
    )
    places = forms.CharField(label=_("Which places?"), required=False, max_length=300)
    products = forms.CharField(label=_("Which products?"), required=False, max_length=300)
    core_every_days = forms.IntegerField(
        label=_("Core customers hear from you at least every … days"), required=False,
        initial=7, min_value=1, max_value=3650,
        help_text=_("Left empty: as often as otherwise."),
    )  # fmt: skip

    def __init__(
        self, *given: Any, actor: Actor, at: datetime, disruption: Disruption | None = None,
        **named: Any,
    ) -> None:  # fmt: skip
        initial: dict[str, Any] = {"since": at}
        if disruption is not None:
            initial = {
                name: getattr(disruption, name) for name in self.base_fields if name != "whom"
            }
        named["initial"] = initial
        super().__init__(*given, **named)
        choice: Any = self.fields["segment"]
        choice.queryset = segments_for(actor, at)
        if disruption is not None:
            # Whom it hits stays: nobody slips out by a change.
            del self.fields["whom"], self.fields["segment"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("whom") == SOME and not said.get("segment") and "segment" not in self.errors:
            self.add_error("segment", _("Choose a segment, or all customers."))
        return said

    def told(self) -> Told:
        said = self.cleaned_data
        segment = said.get("segment") if said.get("whom") == SOME else None
        plain = {name: value for name, value in said.items() if name not in ("whom", "segment")}
        plain.pop("ended_at", None)
        return Told(segment=segment, **plain)


class CardForm(forms.Form):
    """Where the continuity card is kept, and what opens it."""

    folder = forms.CharField(
        label=_("Folder"), max_length=500,
        help_text=_("On the machine on which Regulars runs: a stick, a synchronised folder."),
    )  # fmt: skip
    password = forms.CharField(
        label=_("Password"), required=False, max_length=200, strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "At least 12 signs. Regulars never shows it again: write it down where you find it on a"
            " bad day. Left empty, the one that was set stays."
        ),
    )  # fmt: skip


class PastForm(DisruptionForm):
    """The same for one that is over."""

    ended_at = MomentField(label=_("Until when?"))
    field_order = ("what", "since", "ended_at")

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        del self.fields["expected_end"], self.fields["core_every_days"]
        if not self.is_bound and named.get("disruption") is None:
            self.initial.pop("since", None)

    def told(self) -> Told:
        self.cleaned_data["core_every_days"] = None
        return super().told()
