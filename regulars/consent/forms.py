"""What the screen of grounds takes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.consent.choices import Channel, Ground, Purpose


class GroundForm(forms.Form):
    """A ground of our own for one purpose in one channel, and why."""

    channel = forms.ChoiceField(choices=Channel.choices, label=_("Channel"))
    purpose = forms.ChoiceField(choices=Purpose.choices, label=_("Purpose"))
    ground = forms.ChoiceField(
        choices=[
            ("", _("as the preset says")),
            *((one.value, one.label) for one in Ground if one != Ground.UNKNOWN),
        ],
        required=False,
        label=_("Ground"),
    )
    why = forms.CharField(
        required=False, max_length=2000, label=_("Why we may rest on it"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Whoever asks later finds it here: who advised it, and what it rests on."),
    )  # fmt: skip
