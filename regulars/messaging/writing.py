"""The editor of texts: what is typed there, what may be put in, and how it looks to a customer."""

import base64
from dataclasses import dataclass
from datetime import datetime

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.consent.choices import Purpose
from regulars.core.actor import OWNER, Actor
from regulars.core.asking_links import asking_links
from regulars.core.instance import proved_public_url
from regulars.core.template_fields import (
    Plain,
    examples,
    hidden_of,
    template_fields_now,
    values_for,
)
from regulars.customers.models import Customer
from regulars.messaging.errors import TextRefused
from regulars.messaging.linting import Written
from regulars.messaging.marks import day_of, mark_of
from regulars.messaging.models import Template
from regulars.messaging.rendering import house_values
from regulars.messaging.texts import LONGEST_SUBJECT, Compiled, Rendered, preview_of
from regulars.team.models import Member

WRITTEN = ("subject", "preheader", "body", "purpose", "layout")


class TextForm(forms.Form):
    """A text as it stands in the editor; only an owner changes the sheet it is written on."""

    name = forms.CharField(label=gettext_lazy("Name for the team"), max_length=120)
    purpose = forms.ChoiceField(
        label=gettext_lazy("What for"), choices=Purpose, initial=Purpose.SERVE
    )
    subject = forms.CharField(label=gettext_lazy("Subject"), max_length=LONGEST_SUBJECT)
    preheader = forms.CharField(
        label=gettext_lazy("Preview line"), max_length=LONGEST_SUBJECT, required=False,
        help_text=gettext_lazy("What the list of mails shows beside the subject."),
    )  # fmt: skip
    body = forms.CharField(
        label=gettext_lazy("What you want to say"),
        widget=forms.Textarea(attrs={"rows": 20, "class": "ruled", "spellcheck": "true"}),
        help_text=gettext_lazy(
            "An empty line begins a new paragraph. **Strong**, *soft*, - lists, [links](https://…)."
        ),
    )
    layout = forms.CharField(
        label=gettext_lazy("Layout (MJML)"), required=False,
        widget=forms.Textarea(attrs={"rows": 12, "class": "code", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Left empty, the house's own. Yours says {{ content }} once, within an <mj-text>."
        ),
    )  # fmt: skip

    def __init__(self, *given: object, actor: Actor, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        if actor.role != OWNER:
            self.fields["layout"].disabled = True

    @classmethod
    def of(cls, template: Template | None, *, actor: Actor) -> "TextForm":
        if template is None:
            return cls(actor=actor, initial={"body": "{{ greeting }}\n\n\n\n{{ signature }}\n"})
        return cls(actor=actor, initial=initial_of(template))

    def written(self) -> Written:
        """What was typed, with the line ends of the house."""
        said = {name: self.cleaned_data[name].replace("\r\n", "\n") for name in WRITTEN}
        return Written(**said)

    def as_typed(self) -> Written:
        """What stands in the form, whether it can be kept or not."""
        said = {name: str(self[name].value() or "").replace("\r\n", "\n") for name in WRITTEN}
        if said["purpose"] not in Purpose.values:
            said["purpose"] = Purpose.SERVE.value
        return Written(**said)

    def refuse(self, no: TextRefused) -> None:
        names = {str(field.label).casefold(): name for name, field in self.fields.items()}
        parts = {_("subject"): "subject", _("preheader"): "preheader", _("body"): "body"}
        parts[_("layout")] = "layout"
        self.add_error(parts.get(no.what) or names.get(no.what) or "body", str(no))


def initial_of(template: Template) -> dict[str, str]:
    return {name: getattr(template, name) for name in ("name", *WRITTEN)}


def written_of(template: Template) -> Written:
    return Written(**{name: getattr(template, name) for name in WRITTEN})


@dataclass(frozen=True, slots=True)
class Insert:
    """Something that can be put into a text with one press."""

    mark: str
    label: str
    example: str
    when_empty: str


def inserts() -> list[tuple[str, list[Insert]]]:
    """Everything that may stand in curly brackets, under its heading."""
    return [(_("Blocks"), _blocks()), (_("Of the customer"), _fields()), (_("Of us"), _own())]


def _blocks() -> list[Insert]:
    alone = _("On a line of its own.")
    boxed = _("Begins a box, on a line of its own.")
    return [
        Insert("{{ greeting }}", _("Greeting"), _("Dear Ruth,"), _("In full, or “Good day,”.")),
        Insert("{{ signature }}", _("Signature"), _("Your face, name and number."), alone),
        Insert("{{ know }}", _("What we know"), "", boxed),
        Insert("{{ not_know }}", _("What we do not know yet"), "", boxed),
        Insert("{{ doing }}", _("What we are doing"), "", boxed),
        Insert("{{ next_update }}", _("When you will hear from us next"), "", boxed),
        Insert("{{ end_box }}", _("End of the boxes"), "", alone),
    ]


def _fields() -> list[Insert]:
    return [
        Insert(
            mark_of(field.name, str(field.when_empty)),
            str(field.label),
            shown(str(field.example)),
            _("Else: “%(words)s”.") % {"words": field.when_empty}
            if field.when_empty
            else _("Who has none does not get the message."),
        )
        for field in template_fields_now().values()
    ]


def shown(example: str) -> str:
    return str(day_of(example))


def _own() -> list[Insert]:
    house = house_values()
    kept = {
        "business_name": _("Name of the business"),
        "business_phone": _("Telephone of the business"),
        "business_address": _("Address of the business"),
    }
    told = [Insert(mark_of(one), said, house[one], "") for one, said in kept.items()]
    way = _("Only once our public address is proved.")
    return [
        *told,
        Insert("{{ sender_name }}", _("Who signs"), "", ""),
        Insert("[…]({{ preferences_url }})", _("Link: what they want to hear"), "", way),
        *(Insert(f"[…]({{{{ {one.mark} }}}})", str(one.label), "", way) for one in asking_links),
        Insert("[…]({{ unsubscribe_url }})", _("Link: no more of this"), "", way),
    ]


def previewed(
    compiled: Compiled, customer: Customer | None, *, member: Member, at: datetime
) -> Rendered:
    """A text as this customer would read it, signed by this member."""
    values: dict[str, Plain] = {**examples()}
    if customer is not None:
        values = {**values_for(compiled.fields, [customer.pk], at)[customer.pk]}
        # As for somebody of whom it is not known.
        values |= dict.fromkeys(hidden_of(compiled.fields, member.actor), "")
    url = proved_public_url()
    values |= house_values()
    values |= {
        "sender_name": member.name, "sender_phone": member.phone, "sender_face": _face(member),
        "unsubscribe_url": f"{url}/u/" if url else "",
        "preferences_url": f"{url}/p/" if url else "",
    }  # fmt: skip
    values |= {one.mark: f"{url}/{one.path}/" if url else "" for one in asking_links}
    return preview_of(compiled).render(values)


def _face(member: Member) -> str:
    """The picture itself: a preview loads nothing."""
    if not member.photo:
        return ""
    with member.photo.open("rb") as file:
        return f"data:image/jpeg;base64,{base64.b64encode(file.read()).decode()}"
