"""The page that asks how it went, in each language that a business can write to its customers.

They stand here and not among the translations of the product: the page must say them in the
customer's language, in whatever language the staff read their screens.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from regulars.core.folding import folded
from regulars.team.choices import LANGUAGES

_WORDS: dict[str, tuple[str, ...]] = {
    "title": (
        "How was it?",
        "Wie war es?",
        "Comment cela s’est-il passé ?",
        "¿Qué tal fue?",
        "Com’è andata?",
        "Hoe was het?",
    ),
    "lead": (
        "Answer one question or all of them. A person at %(business)s reads it.",
        "Beantworten Sie eine Frage oder alle. Bei %(business)s liest es ein Mensch.",
        "Répondez à une question ou à toutes. Chez %(business)s, quelqu’un le lit.",
        "Conteste una pregunta o todas. En %(business)s lo lee una persona.",
        "Rispondete a una domanda o a tutte. Da %(business)s lo legge una persona.",
        "Beantwoord één vraag of allemaal. Bij %(business)s leest een mens het.",
    ),
    "sorry": (
        "It came later than we had said. We are sorry for that.",
        "Es kam später, als wir gesagt hatten. Das tut uns leid.",
        "C’est arrivé plus tard que nous l’avions dit. Nous en sommes désolés.",
        "Llegó más tarde de lo que habíamos dicho. Lo sentimos.",
        "È arrivato più tardi di quanto avevamo detto. Ci dispiace.",
        "Het kwam later dan we hadden gezegd. Dat spijt ons.",
    ),
    "partial": (
        "Something of your order has not come yet. We know, and we see to it.",
        "Ein Teil Ihrer Bestellung ist noch nicht da. Wir wissen es und kümmern uns darum.",
        "Une partie de votre commande manque encore. Nous le savons et nous nous en occupons.",
        "Falta aún una parte de su pedido. Lo sabemos y nos ocupamos de ello.",
        "Una parte del vostro ordine non è ancora arrivata. Lo sappiamo e ce ne occupiamo.",
        "Een deel van uw bestelling is er nog niet. Dat weten we, en we zorgen ervoor.",
    ),
    "returned": (
        "You sent something back. How did that go?",
        "Sie haben etwas zurückgeschickt. Wie ging das?",
        "Vous avez renvoyé quelque chose. Comment cela s’est-il passé ?",
        "Usted devolvió algo. ¿Cómo fue?",
        "Avete restituito qualcosa. Com’è andata?",
        "U hebt iets teruggestuurd. Hoe ging dat?",
    ),
    "well": (
        "What went well?",
        "Was war gut?",
        "Qu’est-ce qui s’est bien passé ?",
        "¿Qué salió bien?",
        "Che cosa è andato bene?",
        "Wat ging er goed?",
    ),
    "wrong": (
        "Is anything not right?",
        "Ist etwas nicht in Ordnung?",
        "Y a-t-il quelque chose qui ne va pas ?",
        "¿Hay algo que no esté bien?",
        "C’è qualcosa che non va?",
        "Is er iets niet in orde?",
    ),
    "mark": (
        "And a mark, if you like",
        "Und eine Note, wenn Sie mögen",
        "Et une note, si vous voulez",
        "Y una nota, si quiere",
        "E un voto, se volete",
        "En een cijfer, als u wilt",
    ),
    "scale": (
        "%(worst)s is bad, %(best)s is very good.",
        "%(worst)s ist schlecht, %(best)s ist sehr gut.",
        "%(worst)s : mauvais, %(best)s : très bien.",
        "%(worst)s es malo, %(best)s es muy bueno.",
        "%(worst)s è scarso, %(best)s è ottimo.",
        "%(worst)s is slecht, %(best)s is heel goed.",
    ),
    "mark_recommend": (
        "How likely is it that you would recommend %(business)s to a friend or colleague?",
        (
            "Wie wahrscheinlich ist es, dass Sie %(business)s jemandem in Ihrem Umfeld"
            " weiterempfehlen?"
        ),
        (
            "Quelle est la probabilité que vous recommandiez %(business)s à un proche ou à un"
            " collègue ?"
        ),
        "¿Qué probabilidad hay de que recomiende %(business)s a un amigo o a un colega?",
        "Quanto è probabile che consigliate %(business)s a un amico o a un collega?",
        "Hoe waarschijnlijk is het dat u %(business)s aanbeveelt aan een vriend of collega?",
    ),
    "scale_recommend": (
        "%(worst)s is not at all likely, %(best)s is extremely likely.",
        "%(worst)s ist äußerst unwahrscheinlich, %(best)s ist äußerst wahrscheinlich.",
        "%(worst)s : pas du tout probable, %(best)s : extrêmement probable.",
        "%(worst)s es nada probable, %(best)s es sumamente probable.",
        "%(worst)s è per nulla probabile, %(best)s è estremamente probabile.",
        "%(worst)s is helemaal niet waarschijnlijk, %(best)s is zeer waarschijnlijk.",
    ),
    "mark_effort": (
        "%(business)s made it easy for me. Do you agree?",
        "%(business)s hat es mir leicht gemacht. Stimmen Sie zu?",
        "%(business)s m’a facilité les choses. Êtes-vous d’accord ?",
        "%(business)s me lo puso fácil. ¿Está de acuerdo?",
        "%(business)s mi ha reso le cose facili. È d’accordo?",
        "%(business)s maakte het mij gemakkelijk. Bent u het daarmee eens?",
    ),
    "scale_effort": (
        "%(worst)s is strongly disagree, %(best)s is strongly agree.",
        "%(worst)s: stimme überhaupt nicht zu, %(best)s: stimme voll und ganz zu.",
        "%(worst)s : pas du tout d’accord, %(best)s : tout à fait d’accord.",
        "%(worst)s es muy en desacuerdo, %(best)s es muy de acuerdo.",
        "%(worst)s è per nulla d’accordo, %(best)s è del tutto d’accordo.",
        "%(worst)s is helemaal oneens, %(best)s is helemaal eens.",
    ),
    "no_mark": (
        "No mark",
        "Keine Note",
        "Pas de note",
        "Sin nota",
        "Nessun voto",
        "Geen cijfer",
    ),
    "optional": (
        "may be left out",
        "freiwillig",
        "facultatif",
        "opcional",
        "facoltativo",
        "mag leeg blijven",
    ),
    "send": ("Send", "Senden", "Envoyer", "Enviar", "Invia", "Versturen"),
    "nothing_yet": (
        (
            "Looking at this page sends nothing. You can change your answer for seven days by the"
            " same link."
        ),
        (
            "Das Ansehen dieser Seite sendet nichts. Sie können Ihre Antwort sieben Tage lang mit"
            " demselben Link ändern."
        ),
        (
            "Regarder cette page n’envoie rien. Vous pouvez changer votre réponse pendant sept "
            "jours par le même lien."
        ),
        (
            "Mirar esta página no envía nada. Puede cambiar su respuesta durante siete días con "
            "el mismo enlace."
        ),
        (
            "Guardare questa pagina non invia nulla. Potete cambiare la risposta per sette giorni"
            " con lo stesso link."
        ),
        (
            "Deze pagina bekijken verstuurt niets. U kunt uw antwoord zeven dagen wijzigen met "
            "dezelfde link."
        ),
    ),
    "only_you": (
        "Only you have the link to this page",
        "Nur Sie haben den Link zu dieser Seite",
        "Vous seul avez le lien de cette page",
        "Solo usted tiene el enlace a esta página",
        "Solo voi avete il link a questa pagina",
        "Alleen u hebt de link naar deze pagina",
    ),
    "skip": (
        "Skip to the page",
        "Zur Seite springen",
        "Aller au contenu",
        "Ir al contenido",
        "Vai al contenuto",
        "Naar de inhoud",
    ),
    "other_language": (
        "In another language",
        "In einer anderen Sprache",
        "Dans une autre langue",
        "En otro idioma",
        "In un’altra lingua",
        "In een andere taal",
    ),
    "empty": (
        "Say something, or give a mark; then send it.",
        "Schreiben Sie etwas oder geben Sie eine Note; dann senden Sie es.",
        "Écrivez quelque chose ou donnez une note, puis envoyez.",
        "Escriba algo o ponga una nota; después envíelo.",
        "Scrivete qualcosa o date un voto, poi inviate.",
        "Schrijf iets of geef een cijfer; verstuur het dan.",
    ),
    "outside": (
        "The mark is a number from %(worst)s to %(best)s. Choose one, or none.",
        "Die Note ist eine Zahl von %(worst)s bis %(best)s. Wählen Sie eine oder keine.",
        "La note est un nombre de %(worst)s à %(best)s. Choisissez-en une, ou aucune.",
        "La nota es un número del %(worst)s al %(best)s. Elija una, o ninguna.",
        "Il voto è un numero da %(worst)s a %(best)s. Sceglietene uno, o nessuno.",
        "Het cijfer is een getal van %(worst)s tot %(best)s. Kies er een, of geen.",
    ),
    "too_long": (
        (
            "That is longer than we can keep. The first %(most)s signs stand below: send them so,"
            " or make it shorter."
        ),
        (
            "Das ist länger, als wir aufheben können. Die ersten %(most)s Zeichen stehen unten: "
            "Senden Sie sie so, oder kürzen Sie."
        ),
        (
            "C’est plus long que ce que nous pouvons garder. Les %(most)s premiers signes sont "
            "ci-dessous : envoyez-les ainsi, ou raccourcissez."
        ),
        (
            "Es más largo de lo que podemos guardar. Abajo están los primeros %(most)s signos: "
            "envíelos así, o acórtelo."
        ),
        (
            "È più lungo di quanto possiamo conservare. Qui sotto ci sono i primi %(most)s segni:"
            " inviateli così, o accorciate."
        ),
        (
            "Dat is langer dan we kunnen bewaren. De eerste %(most)s tekens staan hieronder: "
            "verstuur ze zo, of maak het korter."
        ),
    ),
    "settled": (
        (
            "An answer can be changed for seven days; that time is over. If something has "
            "changed, call us."
        ),
        (
            "Eine Antwort lässt sich sieben Tage lang ändern; diese Zeit ist vorbei. Hat sich "
            "etwas geändert, rufen Sie uns an."
        ),
        (
            "Une réponse peut être changée pendant sept jours ; ce délai est passé. Si quelque "
            "chose a changé, appelez-nous."
        ),
        (
            "Una respuesta se puede cambiar durante siete días; ese plazo ha pasado. Si algo ha "
            "cambiado, llámenos."
        ),
        (
            "Una risposta si può cambiare per sette giorni; il tempo è passato. Se qualcosa è "
            "cambiato, chiamateci."
        ),
        (
            "Een antwoord kan zeven dagen worden gewijzigd; die tijd is voorbij. Is er iets "
            "veranderd, bel ons dan."
        ),
    ),
    "thanks": ("Thank you", "Danke", "Merci", "Gracias", "Grazie", "Dank u wel"),
    "thanks_good": (
        "It is good to know what went well. Whoever had a hand in it hears it too.",
        "Es ist gut zu wissen, was gelungen ist. Wer daran mitgewirkt hat, hört es auch.",
        "C’est bon de savoir ce qui a réussi. Celles et ceux qui y ont contribué l’apprendront.",
        "Es bueno saber qué salió bien. Quienes participaron también lo sabrán.",
        "È bello sapere che cosa è riuscito. Lo saprà anche chi ci ha messo mano.",
        "Fijn om te weten wat goed ging. Wie eraan meewerkte, hoort het ook.",
    ),
    "thanks_bad": (
        (
            "We are sorry that it was not right, and glad that you told us. One of us sees to it "
            "and gets in touch with you."
        ),
        (
            "Es tut uns leid, dass es nicht in Ordnung war, und gut, dass Sie es sagen. Jemand "
            "von uns kümmert sich und meldet sich bei Ihnen."
        ),
        (
            "Nous sommes désolés que cela n’ait pas été bien, et heureux que vous le disiez. L’un"
            " de nous s’en occupe et vous contacte."
        ),
        (
            "Sentimos que no estuviera bien, y agradecemos que lo diga. Uno de nosotros se ocupa "
            "y se pone en contacto con usted."
        ),
        (
            "Ci dispiace che non andasse bene, e grazie per avercelo detto. Uno di noi se ne "
            "occupa e si fa sentire."
        ),
        (
            "Het spijt ons dat het niet goed was, en fijn dat u het zegt. Iemand van ons pakt het"
            " op en neemt contact met u op."
        ),
    ),
    "thanks_wrong": (
        "Thank you for saying what was not right. It is written down, and a person reads it.",
        "Danke, dass Sie sagen, was nicht gut war. Es ist notiert, und ein Mensch liest es.",
        "Merci de dire ce qui n’allait pas. C’est noté, et quelqu’un le lit.",
        "Gracias por decir lo que no estuvo bien. Está anotado, y lo lee una persona.",
        "Grazie per averci detto che cosa non andava. È annotato, e lo legge una persona.",
        "Dank u dat u zegt wat niet goed was. Het is genoteerd, en een mens leest het.",
    ),
    "thanks_plain": (
        "It is written down, and a person reads it.",
        "Es ist notiert, und ein Mensch liest es.",
        "C’est noté, et quelqu’un le lit.",
        "Está anotado, y lo lee una persona.",
        "È annotato, e lo legge una persona.",
        "Het is genoteerd, en een mens leest het.",
    ),
    "review": (
        (
            "If you like, say it in public as well. We ask everybody who answers, whatever they "
            "said, and nobody gets anything for it."
        ),
        (
            "Wenn Sie mögen, sagen Sie es auch öffentlich. Wir fragen alle, die antworten, was "
            "immer sie sagen, und niemand bekommt etwas dafür."
        ),
        (
            "Si vous voulez, dites-le aussi en public. Nous le demandons à tous ceux qui "
            "répondent, quoi qu’ils disent, et personne ne reçoit rien en échange."
        ),
        (
            "Si quiere, dígalo también en público. Se lo pedimos a todos los que contestan, digan"
            " lo que digan, y nadie recibe nada a cambio."
        ),
        (
            "Se volete, ditelo anche in pubblico. Lo chiediamo a tutti quelli che rispondono, "
            "qualunque cosa dicano, e nessuno riceve nulla in cambio."
        ),
        (
            "Als u wilt, zeg het ook in het openbaar. We vragen het iedereen die antwoordt, wat "
            "ze ook zeggen, en niemand krijgt er iets voor."
        ),
    ),
    "review_link": (
        "Write a public review",
        "Eine öffentliche Bewertung schreiben",
        "Écrire un avis public",
        "Escribir una reseña pública",
        "Scrivere una recensione pubblica",
        "Een openbare recensie schrijven",
    ),
    "change": (
        "Change your answer",
        "Die Antwort ändern",
        "Changer votre réponse",
        "Cambiar su respuesta",
        "Cambiare la risposta",
        "Uw antwoord wijzigen",
    ),
}
# What people write under “Is anything not right?” when nothing is; folded.
_NOTHING = frozenset((
    "no", "nope", "none", "nothing", "nothing at all", "not at all", "n a", "all good", "all fine",
    "all ok", "everything was fine", "everything is fine", "ok", "okay",
    "nein", "ne", "nichts", "gar nichts", "alles gut", "alles bestens", "alles ok",
    "alles in ordnung", "nee",
    "non", "rien", "rien du tout", "aucun", "tout va bien", "tout est parfait", "ras",
    "nada", "ninguno", "ninguna", "todo bien", "todo perfecto",
    "niente", "nulla", "nessuno", "tutto bene", "tutto ok", "tutto a posto",
    "niets", "niks", "nvt", "alles goed", "alles prima", "alles in orde",
))  # fmt: skip
_SIGNS = re.compile(r"[\W_]+")
NAMES = {
    "en": "English", "de": "Deutsch", "fr": "Français", "es": "Español", "it": "Italiano",
    "nl": "Nederlands",
}  # fmt: skip
_PLACES = {language: place for place, language in enumerate(LANGUAGES)}


def asking_words(language: str) -> Mapping[str, str]:
    """All sentences of the page in this language; in English where it is none of ours."""
    place = _PLACES.get(language, 0)
    return MappingProxyType({name: said[place] for name, said in _WORDS.items()})


def language_for(asked: str, known: str, accepted: str, written: Sequence[str]) -> str:
    """The language that they chose, else the one in which we know that they read, else the first of
    their browser's that we write, else ours."""
    spoken = [part.partition(";")[0].strip() for part in accepted.split(",")[:20]]
    wanted = (one.partition("-")[0].lower() for one in (known, *spoken))
    return (
        asked if asked in written else next((one for one in wanted if one in written), written[0])
    )


def says_nothing(not_right: str) -> bool:
    """Whether nothing was not right: the place was left empty, or says so."""
    return len(not_right) < 40 and (
        not (said := _SIGNS.sub(" ", folded(not_right) or "").strip()) or said in _NOTHING
    )
