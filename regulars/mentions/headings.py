"""The fields of mentions in files, and the names of columns that hold them."""

from django.utils.translation import gettext_lazy

from regulars.core.column_sets import Field, FieldKind

# Who does not see mentions does not see columns of a file that hold them either.
_SEEN = ("mentions.words", "mentions.mark", "mentions.last_on")
FIELDS = (
    Field("site", gettext_lazy("Where it stands"), FieldKind.TEXT, (
        "site", "platform", "source", "network", "channel", "website", "review site", "portal",
        "plattform", "quelle", "plataforma", "plateforme", "piattaforma",
    ), longest=60, listed=_SEEN),
    Field("number", gettext_lazy("Its number there"), FieldKind.IDENTIFIER, (
        "review id", "mention id", "post id", "tweet id", "comment id", "id", "external id",
    ), longest=190, listed=_SEEN),
    Field("link", gettext_lazy("Link to it"), FieldKind.TEXT, (
        "link", "url", "review url", "review link", "permalink", "post url", "post link",
    ), listed=_SEEN),
    Field("said_at", gettext_lazy("When they said it"), FieldKind.MOMENT, (
        "date", "review date", "published at", "published on", "posted at", "posted on",
        "created at", "created time", "create time", "said at", "timestamp", "datetime", "datum",
        "fecha", "time",
    ), listed=_SEEN),
    Field("mark", gettext_lazy("Mark, from 1 to 5"), FieldKind.QUANTITY, (
        "mark", "rating", "stars", "star rating", "review rating", "score", "bewertung", "sterne",
        "note", "puntuación", "valoración", "voto", "beoordeling",
    ), listed=_SEEN),
    Field("mark_of_ten", gettext_lazy("Mark, from 0 to 10"), FieldKind.QUANTITY, (
        "score out of 10", "rating out of 10", "mark of ten", "review score 10",
    ), listed=_SEEN),
    Field("author", gettext_lazy("Who wrote it, as it stands there"), FieldKind.TEXT, (
        "author", "author name", "reviewer", "reviewer name", "user", "user name", "display name",
        "name", "posted by", "verfasser", "autor", "auteur", "autore",
    ), longest=200, listed=_SEEN),
    Field("handle", gettext_lazy("Their handle there"), FieldKind.IDENTIFIER, (
        "handle", "username", "screen name", "profile", "author id", "user id", "reviewer id",
    ), longest=200, listed=_SEEN),
    Field("email", gettext_lazy("Their e-mail address, where the site tells it"), FieldKind.EMAIL, (
        "email", "e-mail", "email address", "reviewer email", "customer email",
    ), listed=("customer.email",)),
    Field("title", gettext_lazy("Heading of what they wrote"), FieldKind.TEXT, (
        "title", "review title", "headline", "subject", "titel",
    ), listed=_SEEN),
    Field("words", gettext_lazy("What they wrote"), FieldKind.TEXT, (
        "words", "text", "review", "review text", "comment", "content", "body", "message", "post",
        "caption", "tweet", "full text", "kommentar", "comentario", "commentaire", "commento",
    ), listed=_SEEN),
    Field("answer", gettext_lazy("What we answered"), FieldKind.TEXT, (
        "answer", "owner answer", "owner response", "reply", "response", "review reply",
        "owner reply", "antwort", "respuesta", "réponse",
    ), listed=_SEEN),
    Field("answered_at", gettext_lazy("When we answered"), FieldKind.MOMENT, (
        "answered at", "answered on", "reply date", "response date", "owner response date",
        "replied at",
    ), is_dispensable=True, listed=_SEEN),
)  # fmt: skip
