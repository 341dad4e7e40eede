"""The fields of touches, the names of columns that hold them, and the words that fill them."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

from regulars.consent.choices import Channel, Purpose
from regulars.conversations.choices import Direction, Outcome
from regulars.core.column_sets import Field, FieldKind, folded

# Who does not see touches does not see columns of a file that hold them either.
_SEEN = ("touch",)
HAPPENED = Field("happened_at", gettext_lazy("When it was"), FieldKind.MOMENT, (
    "date", "datetime", "date/time", "timestamp", "when", "happened at", "activity date",
    "activity date/time", "call date", "contact date", "contacted on", "start", "start time",
    "created at", "created date", "completed at", "logged at", "datum", "fecha", "kontakt am",
), listed=_SEEN)  # fmt: skip
CHANNEL = Field("channel", gettext_lazy("By which channel"), FieldKind.TEXT, (
    "channel", "type", "activity type", "activity", "contact type", "kind", "medium", "means",
    "interaction type", "engagement type", "method", "kanal", "art", "typ", "canal", "tipo",
), listed=_SEEN)  # fmt: skip
TOUCH_FIELDS = (
    HAPPENED,
    CHANNEL,
    Field("touch", gettext_lazy("Number of the touch"), FieldKind.IDENTIFIER, (
        "touch id", "activity id", "interaction id", "engagement id", "call id", "task id",
        "event id", "record id", "object id", "id", "aktivitätsnummer",
    ), longest=200, listed=_SEEN),
    Field("direction", gettext_lazy("Who got in touch"), FieldKind.TEXT, (
        "direction", "call direction", "in or out", "inbound or outbound", "richtung", "dirección",
    ), listed=_SEEN),
    Field("outcome", gettext_lazy("What came of it"), FieldKind.TEXT, (
        "outcome", "call outcome", "result", "call result", "disposition", "ergebnis", "resultado",
    ), listed=_SEEN),
    Field("purpose", gettext_lazy("What for"), FieldKind.TEXT, ("purpose", "zweck", "propósito"),
          listed=_SEEN),
    Field("body", gettext_lazy("What we wrote down"), FieldKind.TEXT, (
        "body", "notes", "note", "subject", "description", "comment", "comments", "summary",
        "details", "call notes", "text", "content", "message", "notiz", "notizen", "betreff",
        "notas",
    ), listed=_SEEN),
    Field("said", gettext_lazy("What they said, in their words"), FieldKind.TEXT, (
        "said", "customer said", "quote", "feedback", "their words", "gesagt",
    ), listed=_SEEN),
    Field("who", gettext_lazy("Who of us"), FieldKind.TEXT, (
        "who", "by", "owner", "assigned to", "activity owner", "logged by", "created by", "agent",
        "staff", "user", "employee", "colleague", "member", "mitarbeiter", "bearbeiter",
    ), listed=_SEEN),
    Field("minutes", gettext_lazy("Minutes it took"), FieldKind.QUANTITY, (
        "minutes", "duration (minutes)", "duration minutes", "duration in minutes", "dauer",
    ), listed=_SEEN),
)  # fmt: skip
# What names the customer in the row of a touch; the words for name and place are the list's own.
CARRIED = ("name", "given_name", "family_name", "organisation", "email", "phone")


def _read_as(words: Mapping[str, str]) -> dict[str, str]:
    """Word, without case, accents, signs and spaces, to what it means."""
    return {folded(word): meant for meant, all_of in words.items() for word in all_of.split(",")}


CHANNELS = _read_as({
    Channel.VISIT: "visit,meeting,in person,face to face,appointment,besuch,treffen,termin,visita,"
                   "reunión,visite,rendez-vous,bezoek,besök",
    Channel.CALL: "call,phone,telephone,phone call,telephone call,voice,anruf,telefon,telefonat,"
                  "llamada,appel,téléphone,bellen,samtal",
    Channel.NOTE: "note,handwritten note,card,note card,thank you card,karte,tarjeta,carte",
    Channel.EMAIL: "email,e-mail,mail,e-mail message,correo,courriel",
    Channel.TEXT: "text,sms,text message,mms,textnachricht",
    Channel.CHAT: "chat,live chat,whatsapp,messenger,signal,telegram,im",
    Channel.SOCIAL: "social,social media,facebook,instagram,linkedin,twitter,x,tiktok",
    Channel.LETTER: "letter,post,postal mail,mailing,brief,carta,lettre,brev",
})  # fmt: skip
DIRECTIONS = _read_as({
    Direction.OUT: "out,outbound,outgoing,sent,from us,to customer,ausgehend,saliente,sortant",
    Direction.IN: "in,inbound,incoming,received,from the customer,from customer,eingehend,entrante,"
                  "entrant",
})  # fmt: skip
OUTCOMES = _read_as({
    Outcome.REACHED: "reached,spoke,connected,completed,answered,held,done,successful,yes,erreicht,"
                     "gesprochen,hablado,joint",
    Outcome.MESSAGE: "message,left a message,left message,left voicemail,voicemail,"
                     "left live message,"
                     "mailbox,nachricht hinterlassen",
    Outcome.SENT: "sent,delivered,posted,opened,replied,gesendet,enviado,envoyé",
    Outcome.NO_ANSWER: "no answer,no_answer,not reached,busy,missed,no show,unanswered,cancelled,"
                       "canceled,wrong number,no,nicht erreicht,keine antwort,sin respuesta,absent",
})  # fmt: skip
PURPOSES = _read_as({
    Purpose.SERVE: "serve,service,support,help",
    Purpose.ASK: "ask,survey,question,check in,check-in",
    Purpose.EDUCATE: "educate,education,training,advice",
    Purpose.REASSURE: "reassure,reassurance,follow up,follow-up",
    Purpose.INFORM: "inform,information,news,update",
    Purpose.RECOVER: "recover,complaint,apology,win back,win-back",
    Purpose.THANK: "thank,thanks,thank you",
    Purpose.SELL: "sell,sales,selling,offer,quote",
})  # fmt: skip
# What came of a touch where the file does not say.
USUALLY: Mapping[str, Outcome] = {Channel.VISIT: Outcome.REACHED, Channel.CALL: Outcome.REACHED}
