"""What is typed in the library: an article, a text that somebody asks about, a statement."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.consent.choices import Channel
from regulars.library.actions.articles import LONGEST_BODY, Written
from regulars.library.actions.statements import LONGEST_CLAIM, LONGEST_PROOF, Claimed, Shown
from regulars.library.choices import ArticleKind, ProofKind
from regulars.library.errors import FileUnfit
from regulars.library.files import Pdf, checked_pdf, refuse_too_large
from regulars.library.models import Article, Statement
from regulars.team.choices import LANGUAGES

# Ways in which somebody is told of an article by one of us; by e-mail it is sent from here.
TOLD_BY = (Channel.CALL, Channel.VISIT, Channel.NOTE, Channel.LETTER)


def _split(text: str) -> list[str]:
    return [one.strip() for one in text.replace("\n", ",").split(",") if one.strip()]


class AskForm(forms.Form):
    """A link or a text that was pasted: who would thank us for it?"""

    title = forms.CharField(
        max_length=200, required=False, label=_("Its title"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    address = forms.CharField(
        max_length=2000, required=False, label=_("Its address"),
        help_text=_("We do not open it: what it says comes from you."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url"}),
    )  # fmt: skip
    body = forms.CharField(
        max_length=LONGEST_BODY, required=False, label=_("What it says"),
        help_text=_("Paste the text, or say in a few words what it is about."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not given.get("title") and not given.get("body"):
            self.add_error("title", _("Give a title, or paste what it says."))
        return given


class ArticleForm(forms.Form):
    """An article for the shelf."""

    kind = forms.ChoiceField(label=_("What it is"), choices=ArticleKind)
    title = forms.CharField(max_length=200, label=_("Title"))
    address = forms.CharField(
        max_length=2000, required=False, label=_("Address"),
        help_text=_("Of a page, a PDF or a video elsewhere: with https://."),
    )  # fmt: skip
    file = forms.FileField(
        required=False, label=_("The PDF"), max_length=255,
        help_text=_(
            "A file of yours, up to 10 MB, in place of an address. Whoever gets it, gets a link of "
            "their own to it."
        ),
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
    )  # fmt: skip
    body = forms.CharField(
        max_length=LONGEST_BODY, required=False, label=_("The text, or what it says"),
        help_text=_(
            "A text of your own is sent as it stands here. Of anything elsewhere this is not sent: "
            "it tells us whom it fits."
        ),
        widget=forms.Textarea(attrs={"rows": 10}),
    )  # fmt: skip
    topics = forms.CharField(
        max_length=1500, required=False, label=_("What it is about"),
        help_text=_("Topics with commas between, in the words in which you note interests."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "topics"}),
    )  # fmt: skip
    language = forms.ChoiceField(
        required=False, label=_("Language"),
        choices=[("", _("the language of the business")), *LANGUAGES.items()],
    )  # fmt: skip
    true_until = forms.DateField(
        required=False, label=_("True until"), help_text=_("Left out: it does not age."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip

    @classmethod
    def of(cls, article: Article) -> "ArticleForm":
        names = ("kind", "title", "address", "body", "language", "true_until")
        initial = {name: getattr(article, name) for name in names}
        return cls(initial={**initial, "topics": ", ".join(t.topic for t in article.topics.all())})

    def clean_file(self) -> Pdf | None:
        upload = self.cleaned_data["file"]
        if upload is None:
            return None
        try:
            refuse_too_large(upload.size)
            return checked_pdf(upload.name, upload.read())
        except FileUnfit as no:
            raise forms.ValidationError(f"{no.sentence} {no.remedy}") from None

    def written(self) -> Written:
        said = self.cleaned_data
        return Written(
            ArticleKind(said["kind"]), said["title"], said["body"], said["address"],
            _split(said["topics"]), said["language"], said["true_until"], said["file"],
        )  # fmt: skip


class ShareForm(forms.Form):
    """The line that goes with an article, and how it goes."""

    words = forms.CharField(
        max_length=2000, label=_("Your line"), widget=forms.Textarea(attrs={"rows": 3})
    )
    how = forms.ChoiceField(choices=[(Channel.EMAIL, ""), *((one, "") for one in TOLD_BY)])


class MailForm(forms.Form):
    """The line that goes with an article to many."""

    words = forms.CharField(
        max_length=2000, label=_("Your line"),
        help_text=_("It stands above the article. Each mail begins with the customer’s own name."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class ClaimForm(forms.Form):
    """Why we are different, in a sentence."""

    claim = forms.CharField(
        max_length=LONGEST_CLAIM, label=_("Why you are different"),
        help_text=_("One thing, as you would say it to a customer."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    fresh_days = forms.IntegerField(
        min_value=1, max_value=3650, initial=365, label=_("A proof stands for so many days")
    )
    is_said = forms.BooleanField(
        required=False, initial=True, label=_("Propose it as a line to say")
    )

    @classmethod
    def of(cls, statement: Statement) -> "ClaimForm":
        names = ("claim", "fresh_days", "is_said")
        return cls(initial={name: getattr(statement, name) for name in names})

    def claimed(self) -> Claimed:
        said = self.cleaned_data
        return Claimed(said["claim"], said["fresh_days"], said["is_said"])


class ProofForm(forms.Form):
    """What shows that it is true."""

    kind = forms.ChoiceField(label=_("What shows it"), choices=ProofKind)
    words = forms.CharField(
        max_length=LONGEST_PROOF, required=False, label=_("In words"),
        help_text=_("What the customer said, or the fact. Kept promises count themselves."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    proved_on = forms.DateField(
        required=False, label=_("On which day"), help_text=_("Left out: today."),
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip

    def shown(self) -> Shown:
        said = self.cleaned_data
        day: date | None = said["proved_on"]
        return Shown(ProofKind(said["kind"]), said["words"], day)
