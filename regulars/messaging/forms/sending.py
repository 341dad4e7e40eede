"""What is typed to be sent: the words, what they are for, and to whom they go."""

from datetime import datetime
from secrets import token_urlsafe
from typing import Any, Self

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from regulars.consent.choices import Purpose
from regulars.core.actor import Actor
from regulars.core.errors import Refusal
from regulars.core.keyset import is_whole
from regulars.messaging.actions.texts import use_text, use_words
from regulars.messaging.audiences import opened
from regulars.messaging.linting import Written, hidden_sale
from regulars.messaging.models import Template, TemplateVersion

BEGINNING = "{{ greeting }}\n\n\n\n{{ signature }}\n"


class WordsForm(forms.Form):
    """A text that is kept, or words of one's own; the same form twice is one thing."""

    text = forms.ModelChoiceField(Template.objects.none(), required=False)
    purpose = forms.ChoiceField(label=_("What for"), choices=Purpose, initial=Purpose.SERVE)
    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(
        label=_("What you want to say"), widget=forms.Textarea, max_length=50_000
    )
    nonce = forms.CharField(max_length=40, widget=forms.HiddenInput)

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        field: Any = self.fields["text"]
        field.queryset = Template.objects.filter(archived_at=None)
        self.fields["body"].widget.attrs.update(rows=12)
        # A browser would cut a long paste without a word; the form says that it is too long.
        self.fields["body"].widget.attrs.pop("maxlength")
        self.refusal: Refusal | None = None
        # The text that was chosen while words of one's own stood there: a person is asked.
        self.wanted = ""
        # What they have been told about these words before they send them.
        self.told = ""

    @classmethod
    def begun(cls, request: HttpRequest, **initial: object) -> Self:
        """An empty sheet, or the text that was chosen."""
        chosen = request.POST.get("text") or request.GET.get("text", "")
        return cls(initial={**_words_of(chosen), "nonce": token_urlsafe(16), **initial})

    @classmethod
    def taking(cls, request: HttpRequest, **initial: object) -> Self:
        """The text that was chosen; where words of one's own stand, those and a question."""
        said = request.POST
        wanted, before = said.get("take", ""), said.get("text", "")
        typed = {name: said.get(name, "") for name in ("subject", "body", "purpose")}
        taken = _words_of(wanted)
        new = {"text": "", "nonce": token_urlsafe(16), **initial}
        if said.get("taking") == "anyway" or not _are_own(typed, taken, _words_of(before)):
            return cls(initial={**new, "purpose": typed["purpose"], **taken})
        form = cls(initial={**new, **typed, "text": before if "text" in taken else ""})
        form.wanted = wanted if "text" in taken else ""
        return form

    @property
    def texts(self) -> list[Template]:
        field: Any = self.fields["text"]
        return list(field.queryset)

    @property
    def chosen(self) -> str:
        return str(self["text"].value() or "")

    @property
    def picked(self) -> str:
        """Where the list of texts stands."""
        return self.wanted or self.chosen

    @property
    def said_purpose(self) -> Purpose:
        """What it is for, as far as it has been said."""
        said = self["purpose"].value()
        return Purpose(said) if said in Purpose.values else Purpose.SERVE

    def hidden_sale(self) -> str:
        """The sentence about words of one's own that sell under another purpose."""
        said, kept = self.cleaned_data, self._kept_as_it_is()
        if kept is not None and kept.purpose == self.said_purpose:
            return ""
        return hidden_sale(Written(said["subject"], "", said["body"], self.said_purpose))

    def _kept_as_it_is(self) -> Template | None:
        kept: Template | None = self.cleaned_data["text"]
        same = kept is not None and all(
            _lines(self.cleaned_data[name]) == _lines(getattr(kept, name))
            for name in ("subject", "body")
        )
        return kept if same else None

    def refuse(self, no: Refusal) -> None:
        self.refusal = no

    def version(self, *, by: Actor, at: datetime) -> TemplateVersion:
        """What will be sent: the kept text as it is, or these words."""
        if (same := self._kept_as_it_is()) is not None:
            return use_text(same, purpose=self.said_purpose, by=by, at=at)
        kept: Template | None = self.cleaned_data["text"]
        words = {name: _lines(self.cleaned_data[name]) for name in ("subject", "body")}
        preheader, layout = (kept.preheader, kept.layout) if kept else ("", "")
        return use_words(
            **words, preheader=preheader, layout=layout, purpose=self.said_purpose, by=by, at=at
        )


def _words_of(text_id: str) -> dict[str, object]:
    kept = Template.objects.filter(pk=text_id).first() if is_whole(text_id) else None
    if kept is None:
        return {"body": BEGINNING}
    return {
        "text": kept.pk, "subject": kept.subject, "body": kept.body, "purpose": kept.purpose,
    }  # fmt: skip


def _are_own(typed: dict[str, str], *known: dict[str, object]) -> bool:
    """Whether something stands there that neither a text nor the empty sheet says."""
    for name, empty in (("subject", ""), ("body", BEGINNING)):
        said = {_lines(str(words.get(name, ""))) for words in known} | {"", _lines(empty)}
        if _lines(typed[name]) not in said:
            return True
    return False


def _lines(text: str) -> str:
    """Browsers send line ends of their own."""
    return text.replace("\r\n", "\n").strip()


class MailingForm(WordsForm):
    """The same for a list of customers, whom the form carries sealed."""

    who = forms.CharField(widget=forms.HiddenInput)

    def clean_who(self) -> tuple[str, dict[str, Any]]:
        meant = self.meant()
        if meant is None:
            raise forms.ValidationError(_("Choose the customers again."))
        return meant

    def meant(self) -> tuple[str, dict[str, Any]] | None:
        """Whom the list has sealed into this form; None where the seal is not ours."""
        return opened(str(self["who"].value() or ""))
