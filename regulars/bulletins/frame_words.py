"""The frame of a bulletin in each language that one can be written in: its fixed sentences.

They stand here and not among the translations of the product: the page must say them in the
languages that the business writes, in whatever language its staff read their screens.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from regulars.team.choices import LANGUAGES

_MOMENT = {
    "en": "EEEE d MMMM y, HH:mm", "de": "EEEE, d. MMMM y, HH:mm", "fr": "EEEE d MMMM y, HH:mm",
    "es": "EEEE d 'de' MMMM 'de' y, HH:mm", "it": "EEEE d MMMM y, HH:mm",
    "nl": "EEEE d MMMM y, HH:mm",
}  # fmt: skip
_WORDS: dict[str, tuple[str, ...]] = {
    "known": (
        "We know",
        "Das wissen wir",
        "Ce que nous savons",
        "Lo que sabemos",
        "Quello che sappiamo",
        "Dit weten we",
    ),
    "not_known": (
        "We don’t know yet",
        "Das wissen wir noch nicht",
        "Ce que nous ne savons pas encore",
        "Lo que aún no sabemos",
        "Quello che non sappiamo ancora",
        "Dit weten we nog niet",
    ),
    "doing": (
        "What we are doing",
        "Was wir tun",
        "Ce que nous faisons",
        "Lo que hacemos",
        "Che cosa facciamo",
        "Wat we doen",
    ),
    "next": (
        "Next update by",
        "Nächste Nachricht bis",
        "Prochaines nouvelles avant le",
        "Próximas noticias antes del",
        "Prossime notizie entro",
        "Volgend bericht uiterlijk",
    ),
    "nothing": (
        "Nothing yet.",
        "Noch nichts.",
        "Rien pour l’instant.",
        "Nada por ahora.",
        "Ancora niente.",
        "Nog niets.",
    ),
    "even_if": (
        "Also if nothing has changed.",
        "Auch wenn sich nichts geändert hat.",
        "Même si rien n’a changé.",
        "Aunque nada haya cambiado.",
        "Anche se nulla è cambiato.",
        "Ook als er niets veranderd is.",
    ),
    "or_missed": (
        "If it is later than this and nothing newer stands here, we have missed it.",
        "Ist es später und steht hier nichts Neueres, haben wir es versäumt.",
        "S’il est plus tard et qu’il n’y a rien de plus récent, nous avons manqué à notre parole.",
        "Si ya es más tarde y aquí no hay nada más nuevo, hemos faltado a nuestra palabra.",
        "Se è più tardi e qui non c’è nulla di più recente, abbiamo mancato alla parola.",
        "Is het later en staat hier niets nieuwers, dan hebben we het gemist.",
    ),
    "kept": (
        "Kept %(kept)s of %(promised)s times so far.",
        "Bisher %(kept)s von %(promised)s Mal eingehalten.",
        "Tenu %(kept)s fois sur %(promised)s jusqu’ici.",
        "Cumplido %(kept)s de %(promised)s veces hasta ahora.",
        "Mantenuto %(kept)s volte su %(promised)s finora.",
        "Tot nu toe %(kept)s van de %(promised)s keer nagekomen.",
    ),
    "late": (
        "We are late.",
        "Wir sind zu spät.",
        "Nous sommes en retard.",
        "Llegamos tarde.",
        "Siamo in ritardo.",
        "We zijn te laat.",
    ),
    "late_since": (
        "We said there would be news by %(when)s. There is none yet.",
        "Wir hatten bis %(when)s Neues versprochen. Es gibt noch nichts.",
        "Nous avions promis des nouvelles avant le %(when)s. Il n’y en a pas encore.",
        "Prometimos noticias antes del %(when)s. Aún no las hay.",
        "Avevamo promesso notizie entro %(when)s. Non ce ne sono ancora.",
        "We beloofden nieuws voor %(when)s. Dat is er nog niet.",
    ),
    "came_late": (
        "This came later than we had promised: by %(when)s.",
        "Das kam später als versprochen: bis %(when)s.",
        "Ceci est venu plus tard que promis : avant le %(when)s.",
        "Esto llegó más tarde de lo prometido: antes del %(when)s.",
        "Questo è arrivato più tardi del promesso: entro %(when)s.",
        "Dit kwam later dan beloofd: uiterlijk %(when)s.",
    ),
    "new_since": (
        "New since %(when)s",
        "Neu seit %(when)s",
        "Nouveau depuis le %(when)s",
        "Nuevo desde el %(when)s",
        "Novità dal %(when)s",
        "Nieuw sinds %(when)s",
    ),
    "no_news": (
        "Nothing has changed since.",
        "Seitdem hat sich nichts geändert.",
        "Rien n’a changé depuis.",
        "Nada ha cambiado desde entonces.",
        "Da allora nulla è cambiato.",
        "Sindsdien is er niets veranderd.",
    ),
    "now_known": (
        "Now known: %(words)s",
        "Jetzt bekannt: %(words)s",
        "On sait maintenant : %(words)s",
        "Ya se sabe: %(words)s",
        "Ora si sa: %(words)s",
        "Nu bekend: %(words)s",
    ),
    "no_longer": (
        "No longer said: %(words)s",
        "Nicht mehr gesagt: %(words)s",
        "N’est plus dit : %(words)s",
        "Ya no se dice: %(words)s",
        "Non più detto: %(words)s",
        "Niet meer gezegd: %(words)s",
    ),
    "wrong": (
        "We were wrong.",
        "Wir haben uns geirrt.",
        "Nous nous sommes trompés.",
        "Nos equivocamos.",
        "Ci siamo sbagliati.",
        "We zaten ernaast.",
    ),
    "we_wrote": (
        "On %(when)s we wrote",
        "Am %(when)s schrieben wir",
        "Le %(when)s, nous avons écrit",
        "El %(when)s escribimos",
        "Il %(when)s abbiamo scritto",
        "Op %(when)s schreven we",
    ),
    "corrected": (
        "corrected",
        "berichtigt",
        "corrigé",
        "corregido",
        "corretto",
        "verbeterd",
    ),
    "corrected_later": (
        "This correction was itself corrected later.",
        "Diese Berichtigung wurde später selbst berichtigt.",
        "Cette correction a été corrigée à son tour.",
        "Esta corrección se corrigió después.",
        "Questa correzione è stata poi corretta.",
        "Deze verbetering is later zelf verbeterd.",
    ),
    "earlier": (
        "All bulletins on this",
        "Alle Nachrichten dazu",
        "Tous les bulletins à ce sujet",
        "Todos los avisos sobre esto",
        "Tutti i comunicati su questo",
        "Alle berichten hierover",
    ),
    "number": (
        "Bulletin %(number)s",
        "Nachricht %(number)s",
        "Bulletin %(number)s",
        "Aviso %(number)s",
        "Comunicato %(number)s",
        "Bericht %(number)s",
    ),
    "written_by": (
        "written by %(who)s",
        "geschrieben von %(who)s",
        "écrit par %(who)s",
        "escrito por %(who)s",
        "scritto da %(who)s",
        "geschreven door %(who)s",
    ),
    "not_newest": (
        "There is a newer one.",
        "Es gibt eine neuere.",
        "Il y en a un plus récent.",
        "Hay uno más reciente.",
        "Ce n’è uno più recente.",
        "Er is een nieuwer bericht.",
    ),
    "newest": (
        "Read the newest",
        "Zur neuesten",
        "Lire le plus récent",
        "Leer el más reciente",
        "Leggi il più recente",
        "Lees het nieuwste",
    ),
    "hear": (
        "Hear it from us first",
        "Von uns zuerst hören",
        "L’apprendre de nous d’abord",
        "Entérese por nosotros",
        "Saperlo prima da noi",
        "Hoor het eerst van ons",
    ),
    "hear_what": (
        "Only news like this, by e-mail, until you stop it.",
        "Nur solche Nachrichten, per E-Mail, bis Sie es beenden.",
        "Seulement ces nouvelles, par courriel, jusqu’à ce que vous arrêtiez.",
        "Solo noticias como esta, por correo, hasta que usted lo pare.",
        "Solo notizie come questa, per e-mail, finché non le fermate.",
        "Alleen dit soort nieuws, per e-mail, tot u het stopt.",
    ),
    "hear_button": (
        "Tell me by e-mail",
        "Per E-Mail sagen",
        "Me prévenir par courriel",
        "Avísenme por correo",
        "Avvisatemi per e-mail",
        "Mail het me",
    ),
    "ask": (
        "Ask us something",
        "Etwas fragen",
        "Nous poser une question",
        "Preguntarnos algo",
        "Chiedeteci qualcosa",
        "Stel ons een vraag",
    ),
    "ask_what": (
        "Is something missing here? We gather the questions and answer them in the next one.",
        "Fehlt hier etwas? Wir sammeln die Fragen und beantworten sie in der nächsten Nachricht.",
        "Il manque quelque chose ? Nous réunissons les questions ; le prochain bulletin y répond.",
        "¿Falta algo? Reunimos las preguntas y las respondemos en el próximo aviso.",
        "Manca qualcosa? Raccogliamo le domande e rispondiamo nel prossimo comunicato.",
        "Ontbreekt er iets? We verzamelen de vragen en beantwoorden ze in het volgende bericht.",
    ),
    "call": (
        "Questions? %(phone)s",
        "Fragen? %(phone)s",
        "Des questions ? %(phone)s",
        "¿Preguntas? %(phone)s",
        "Domande? %(phone)s",
        "Vragen? %(phone)s",
    ),
    "all": (
        "All we have told you",
        "Alles, was wir mitgeteilt haben",
        "Tout ce que nous avons annoncé",
        "Todo lo que hemos anunciado",
        "Tutto ciò che abbiamo comunicato",
        "Alles wat we hebben verteld",
    ),
    "none": (
        "There is nothing to tell right now.",
        "Zurzeit gibt es nichts mitzuteilen.",
        "Il n’y a rien à annoncer pour l’instant.",
        "Por ahora no hay nada que anunciar.",
        "Per ora non c’è nulla da comunicare.",
        "Er is nu niets te vertellen.",
    ),
    "over": (
        "This is over, since %(when)s.",
        "Das ist vorbei, seit %(when)s.",
        "C’est terminé, depuis le %(when)s.",
        "Esto ha terminado, desde el %(when)s.",
        "È finito, dal %(when)s.",
        "Dit is voorbij, sinds %(when)s.",
    ),
    "skip": (
        "Skip to the page",
        "Zum Inhalt",
        "Aller au contenu",
        "Ir al contenido",
        "Vai al contenuto",
        "Naar de inhoud",
    ),
    "read_on": (
        "Read it on our page",
        "Auf unserer Seite lesen",
        "Lire sur notre page",
        "Leer en nuestra página",
        "Leggi sulla nostra pagina",
        "Lees het op onze pagina",
    ),
    "hello": (
        "Good day, this is %(business)s.",
        "Guten Tag, hier ist %(business)s.",
        "Bonjour, ici %(business)s.",
        "Buenos días, le llamamos de %(business)s.",
        "Buongiorno, qui è %(business)s.",
        "Goedendag, u spreekt met %(business)s.",
    ),
    "about": (
        "It is about this: %(title)s.",
        "Es geht um Folgendes: %(title)s.",
        "C’est au sujet de ceci : %(title)s.",
        "Es acerca de esto: %(title)s.",
        "Si tratta di questo: %(title)s.",
        "Het gaat hierover: %(title)s.",
    ),
    "you_hear": (
        "You hear from us again by %(when)s, also if nothing has changed.",
        "Sie hören wieder von uns bis %(when)s, auch wenn sich nichts geändert hat.",
        "Vous aurez de nos nouvelles avant le %(when)s, même si rien n’a changé.",
        "Tendrá noticias nuestras antes del %(when)s, aunque nada haya cambiado.",
        "Vi faremo sapere entro %(when)s, anche se nulla è cambiato.",
        "U hoort weer van ons voor %(when)s, ook als er niets veranderd is.",
    ),
    "ask_them": (
        "Is there something that you would like to know?",
        "Gibt es etwas, das Sie wissen möchten?",
        "Y a-t-il quelque chose que vous aimeriez savoir ?",
        "¿Hay algo que quiera saber?",
        "C’è qualcosa che vorreste sapere?",
        "Is er iets dat u wilt weten?",
    ),
    "dear": (
        "Dear %(name)s,",
        "Guten Tag %(name)s,",
        "Bonjour %(name)s,",
        "Estimado/a %(name)s:",
        "Gentile %(name)s,",
        "Beste %(name)s,",
    ),
}
_PLACES = {language: place for place, language in enumerate(LANGUAGES)}


def frame_words(language: str) -> Mapping[str, str]:
    """All fixed sentences in this language; in English where it is none of ours."""
    place = _PLACES.get(language.partition("-")[0], 0)
    return MappingProxyType({name: said[place] for name, said in _WORDS.items()})


def moment_words(moment: datetime, zone: str, language: str) -> str:
    """A moment as people of that language write it, by the clock where the business is."""
    known = language.partition("-")[0]
    locale = "en_GB" if known not in _MOMENT or known == "en" else known
    local = moment.astimezone(ZoneInfo(zone))
    return format_datetime(local, _MOMENT.get(known, _MOMENT["en"]), locale=locale)


def day_words(moment: datetime, zone: str, language: str) -> str:
    """The same without the hour."""
    known = language.partition("-")[0]
    locale = "en_GB" if known not in _MOMENT or known == "en" else known
    pattern = _MOMENT.get(known, _MOMENT["en"]).removesuffix(", HH:mm")
    return format_datetime(moment.astimezone(ZoneInfo(zone)), pattern, locale=locale)
