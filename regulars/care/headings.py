"""The fields of answers in files, and the names of columns that hold them."""

from django.utils.translation import gettext_lazy

from regulars.core.column_sets import Field, FieldKind

# Who does not see answers does not see columns of a file that hold them either.
_SEEN = ("care.last_mark", "care.answered_on")
ANSWER_FIELDS = (
    Field("order", gettext_lazy("Number of the order"), FieldKind.IDENTIFIER, (
        "order id", "order number", "order no", "order", "order reference", "invoice",
        "invoice number", "bestellnummer", "auftragsnummer", "número de pedido",
        "numéro de commande", "numero ordine", "ordernummer",
    ), longest=200),
    Field("said_at", gettext_lazy("When they said it"), FieldKind.MOMENT, (
        "review answer timestamp", "answered at", "answered on", "answer date", "submitted at",
        "response date", "review date", "review created at", "completed at", "said at", "date",
        "datetime", "timestamp", "created at", "datum", "fecha",
    ), listed=_SEEN),
    Field("answer", gettext_lazy("Number of the answer"), FieldKind.IDENTIFIER, (
        "review id", "answer id", "response id", "feedback id", "survey response id", "id",
    ), longest=200, listed=_SEEN),
    Field("mark", gettext_lazy("Mark, from 1 to 5"), FieldKind.QUANTITY, (
        "mark", "review score", "rating", "score", "stars", "star rating", "csat", "bewertung",
        "sterne", "note", "puntuación", "valoración", "voto", "beoordeling",
    ), listed=_SEEN),
    Field("mark_of_ten", gettext_lazy("Mark, from 0 to 10"), FieldKind.QUANTITY, (
        "score out of 10", "mark of ten", "rating out of 10",
    ), listed=_SEEN),
    Field("recommend", gettext_lazy("Would recommend us, from 0 to 10 (NPS)"), FieldKind.QUANTITY, (
        "nps", "nps score", "nps rating", "likelihood to recommend", "would recommend",
        "how likely to recommend", "net promoter score",
    ), listed=_SEEN),
    Field("effort", gettext_lazy("We made it easy, from 1 to 7 (effort)"), FieldKind.QUANTITY, (
        "ces", "ces score", "effort", "effort score", "customer effort score", "ease",
    ), listed=_SEEN),
    Field("went_well", gettext_lazy("What went well"), FieldKind.TEXT, (
        "went well", "what went well", "pros", "positive", "liked", "positive comment",
    ), listed=_SEEN),
    Field("not_right", gettext_lazy("What is not right"), FieldKind.TEXT, (
        "not right", "what was wrong", "cons", "negative", "disliked", "negative comment",
        "what could be better", "to improve",
    ), listed=_SEEN),
    Field("title", gettext_lazy("Heading of what they wrote"), FieldKind.TEXT, (
        "review comment title", "review title", "title", "headline", "subject",
    ), listed=_SEEN),
    Field("words", gettext_lazy("What they wrote"), FieldKind.TEXT, (
        "review comment message", "review text", "review", "comment", "comments", "feedback",
        "message", "text", "body", "verbatim", "kommentar", "comentario", "commentaire",
    ), listed=_SEEN),
)  # fmt: skip
# What names the customer in the row of an answer; the words for name and place are the list's own.
CARRIED = ("name", "given_name", "family_name", "organisation", "email", "phone")
