"""What is typed of a bulletin: its title and readers, the four boxes in each language."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.bulletins.choices import Box
from regulars.bulletins.models import Version
from regulars.bulletins.readers import reader_choices
from regulars.bulletins.texts import LONGEST_BOX
from regulars.core.actor import Actor
from regulars.team.choices import LANGUAGES

_MOMENT = "%Y-%m-%dT%H:%M"
# What is sent back to whoever pasted a book: enough to see what it was.
ECHOED = 4 * LONGEST_BOX
HINTS = {
    Box.KNOWN: gettext_lazy("One line for each thing. Only what is certain."),
    Box.NOT_KNOWN: gettext_lazy("Say it before they ask. Left empty, it says “Nothing yet.”"),
    Box.DOING: gettext_lazy("Who does what, and by when."),
}


class ReadersForm(forms.Form):
    """Who is told."""

    readers = forms.ChoiceField(label=gettext_lazy("Who is told"))

    def __init__(self, *given: Any, actor: Actor, at: datetime, **named: Any) -> None:
        super().__init__(*given, **named)
        field: Any = self.fields["readers"]
        field.choices = reader_choices(actor, at)


class NewForm(ReadersForm):
    """What it is about, and who is told."""

    title = forms.CharField(
        label=gettext_lazy("What it is about"), max_length=200,
        help_text=gettext_lazy("As a customer would say it: “How we are doing after the fire”."),
    )  # fmt: skip
    field_order = ("title", "readers")


class BoxesForm(forms.Form):
    """The four boxes in each language; a correction also says what was wrong."""

    next_update_by = forms.DateTimeField(
        label=gettext_lazy("Next update by"), input_formats=[_MOMENT],
        widget=forms.DateTimeInput(format=_MOMENT, attrs={"type": "datetime-local"}),
        help_text=gettext_lazy(
            "A promise. You are reminded before, and the page says so if it is missed."
        ),
        error_messages={
            "required": gettext_lazy("Say by when people hear from you again."),
            "invalid": gettext_lazy(
                "Choose a day and an hour; in the night of a clock change some hours come twice,"
                " or not at all."
            )
        },
    )  # fmt: skip
    seen_number = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *given: Any, languages: list[str], corrects: Version | None = None, **named: Any
    ) -> None:
        super().__init__(*given, **named)
        self.languages, self.corrects = languages, corrects
        for language in languages:
            for box in Box:
                self._add(language, box.value, str(box.label), HINTS[box], 5)
            if corrects is not None:
                hint = _("Copied from that version; they stay on the page, struck out.")
                self._add(language, "wrong", _("The words that were wrong"), hint, 2)
                self._add(language, "said", _("What is right, and how it came to that"), "", 2)

    def _add(self, language: str, name: str, label: str, hint: object, rows: int) -> None:
        self.fields[f"{language}-{name}"] = forms.CharField(
            label=label, required=False, help_text=str(hint),
            widget=forms.Textarea(attrs={"rows": rows, "lang": language}),
        )  # fmt: skip

    @property
    def groups(self) -> list[tuple[str, str, list[forms.BoundField], list[forms.BoundField]]]:
        """Each language with its own boxes, and its own correction."""
        return [
            (
                language, LANGUAGES.get(language, language),
                [self[f"{language}-{box}"] for box in Box.values],
                [self[f"{language}-{name}"] for name in ("wrong", "said")] if self.corrects else [],
            )
            for language in self.languages
        ]  # fmt: skip

    def texts(self) -> dict[str, dict[str, str]]:
        names = [*Box.values, *(("wrong", "said") if self.corrects else ())]
        return {
            language: {name: self.cleaned_data.get(f"{language}-{name}") or "" for name in names}
            for language in self.languages
        }

    def shortened(self) -> "BoxesForm":
        """The same sheet, without the rest of a book that was pasted into it."""
        return self.again({name: str(self.data.get(name) or "")[:ECHOED] for name in self.fields})

    def again(self, said: dict[str, str]) -> "BoxesForm":
        """A sheet with these words, and nothing to complain of yet."""
        data = {**{name: str(self.data.get(name) or "") for name in self.fields}, **said}
        return BoxesForm(data, languages=self.languages, corrects=self.corrects)


def boxes_of(texts: dict[str, dict[str, str]]) -> dict[str, str]:
    """What stands in the boxes when the sheet is opened."""
    return {
        f"{language}-{name}": text
        for language, said in texts.items()
        for name, text in said.items()
    }


class ClosingForm(forms.Form):
    """The last words on it."""

    words = forms.CharField(
        label=gettext_lazy("A last sentence for the page"), required=False, max_length=500,
        help_text=gettext_lazy("“All three ovens bake again. Thank you for waiting.”"),
    )  # fmt: skip


class QuestionForm(forms.Form):
    """What somebody asked."""

    words = forms.CharField(
        label=gettext_lazy("What they asked"), max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
