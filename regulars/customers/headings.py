"""The fields of the list, and the names that columns holding them go by."""

from django.utils.translation import gettext_lazy

from regulars.core.column_sets import Field, FieldKind

NAME, ADDRESS = gettext_lazy("Name"), gettext_lazy("Address")
REACH = gettext_lazy("E-mail"), gettext_lazy("Phone")
IDENTIFIER, TEXT, EMAIL, PHONE, FLAG = (
    FieldKind.IDENTIFIER, FieldKind.TEXT, FieldKind.EMAIL, FieldKind.PHONE, FieldKind.FLAG
)  # fmt: skip

PEOPLE_FIELDS = (
    Field("name", gettext_lazy("Name"), TEXT, (
        "full name", "fullname", "customer name", "contact name", "client name", "cust name",
        "billing name",
        "name", "display name", "person name", "your full name", "what's your name", "namn",
        "nombre", "nombre completo", "nom complet", "nome", "kunde", "kundenname", "klant",
        "nom", "imię i nazwisko", "navn", "nimi", "customer", "client", "contact", "nmae",
    ), part_of=NAME),
    Field("given_name", gettext_lazy("First name"), TEXT, (
        "first name", "given name", "firstname", "fname", "forename", "vorname", "förnamn",
        "prénom", "prenom", "nombre de pila", "voornaam", "fornavn", "primeiro nome", "imię",
    ), part_of=NAME),
    Field("family_name", gettext_lazy("Family name"), TEXT, (
        "last name", "family name", "surname", "lastname", "lname", "nachname", "efternamn",
        "nom de famille", "apellido", "apellidos", "cognome", "achternaam", "etternavn",
        "sobrenome", "nazwisko",
    ), part_of=NAME),
    Field("organisation", gettext_lazy("Organisation"), TEXT, (
        "company", "company name", "organisation", "organization", "business", "business name",
        "organization 1 - name", "organization name", "default address company",
        "billing company", "firma", "företag", "empresa", "société", "azienda", "bedrijf",
        "account name", "associated company", "compny", "school", "practice",
    ), part_of=NAME),
    Field("email", gettext_lazy("E-mail"), EMAIL, (
        "email", "e-mail", "email address", "e-mail address", "e-mail 1 - value", "mail", "eml",
        "person email", "lead email", "billing email", "contact email", "customer email",
        "what's your email", "correo", "correo electrónico", "e-post", "epost", "courriel",
        "e-mailadresse", "emailadres", "posta elettronica", "primary email", "email 1",
    ), repeats=True, listed=("customer.email",), part_of=REACH[0]),
    Field("phone", gettext_lazy("Phone"), PHONE, (
        "phone", "phone number", "telephone", "tel", "tel1", "mobile", "mobile phone",
        "phone 1 - value", "cell", "cell phone", "primary phone", "home phone", "person phone",
        "lead phone", "billing phone", "telefon", "telefonnummer", "teléfono", "telefono",
        "téléphone", "telefone", "mobil", "mobilnummer", "móvil", "celular", "portable", "handy",
        "telefoon", "telefoonnummer", "default address phone", "phne", "phone 1",
    ), repeats=True, listed=("customer.phone",), part_of=REACH[1]),
    Field("street", gettext_lazy("Street"), TEXT, (
        "address", "street", "address1", "address 1", "address line 1", "street address",
        "default address address1", "billing address 1", "billing address1",
        "billing street", "mailing street", "home street",
        "address 1 - street", "adresse", "adress", "dirección", "direccion", "indirizzo",
        "straße", "strasse", "straat", "endereço", "location",
    ), repeats=True, listed=("customer.street",), part_of=ADDRESS),
    Field("postcode", gettext_lazy("Postcode"), TEXT, (
        "postcode", "zip", "zip code", "postal code", "pcode", "zip/postal code",
        "default address zip", "billing postcode", "billing zip",
        "mailing zip/postal code", "home postal code",
        "address 1 - postal code", "plz", "postleitzahl", "postnummer", "código postal",
        "code postal", "cap", "cep", "customer zip code prefix",
    ), longest=40, repeats=True, listed=("customer.postcode",), part_of=ADDRESS),
    Field("city", gettext_lazy("City"), TEXT, (
        "city", "town", "default address city", "billing city", "mailing city", "home city",
        "address 1 - city", "ort", "stadt", "stad", "ciudad", "ville", "città", "cidade",
        "customer city", "ship city", "by", "miasto",
    ), longest=200, repeats=True, listed=("customer.city",), part_of=ADDRESS),
    Field("region", gettext_lazy("Region"), TEXT, (
        "region", "state", "province", "county", "state/region", "default address province code",
        "default address province", "billing state", "mailing state/province", "home state",
        "address 1 - region", "bundesland", "provincia", "estado", "customer state",
        "ship region", "billing province",
    ), longest=200, beside=("street", "postcode", "city", "country"), repeats=True,
    listed=("customer.region",), part_of=ADDRESS),
    Field("country", gettext_lazy("Country"), TEXT, (
        "country", "default address country code", "default address country", "billing country",
        "mailing country", "home country", "country name", "address 1 - country", "land", "país",
        "pais", "pays", "paese", "kraj", "ship country",
    ), longest=100, repeats=True, listed=("customer.country",), part_of=ADDRESS),
)  # fmt: skip

LIST_FIELDS = (
    Field("reference", gettext_lazy("Number in their system"), IDENTIFIER, (
        "customer id", "customerid", "customer number", "customer no", "cust id", "client id",
        "contact id", "person id", "person - id", "record id", "lead id", "member id", "user id",
        "account number", "household id", "id",
        "kundennummer", "kundnummer", "kundenr", "numéro client",
        "id cliente", "klantnummer", "reference", "member number",
    ), longest=200, listed=("customer.reference",)),
    *PEOPLE_FIELDS,
    Field("about", gettext_lazy("Note"), TEXT, (
        "note", "notes", "about", "comment", "comments", "remarks", "notiz", "notizen",
        "anteckning", "notas", "nota", "remarque", "anything we should know",
    ), listed=("customer.about",)),
    Field("since", gettext_lazy("Customer since"), FieldKind.MOMENT, (
        "customer since", "since", "created at", "created", "create date", "created date",
        "date added", "signup date", "sign up date", "registered", "date subscribed",
        "registration date", "dt customer",
        "date registered", "created (utc)", "kunde seit", "created time", "joined group on",
    ), is_dispensable=True, listed=("customer.since_on",)),
    Field("says_email", gettext_lazy("May we e-mail?"), FLAG, (
        "accepts email marketing", "accepts marketing", "email opt in", "newsletter",
        "email consent", "subscribed", "opt in", "marketing consent",
    ), listed=("consent.email",)),
    Field("says_text", gettext_lazy("May we text?"), FLAG, (
        "accepts sms marketing", "sms opt in", "sms consent", "text consent", "text opt in",
    ), listed=("consent.text",)),
    Field("says_chat", gettext_lazy("May we chat?"), FLAG, (
        "accepts whatsapp marketing", "whatsapp opt in", "whatsapp consent",
    ), listed=("consent.chat",)),
    Field("says_source", gettext_lazy("Where they agreed"), TEXT, (
        "consent source", "consent wording", "opt in source", "optin source", "permission source",
    ), longest=200, listed=("consent.email", "consent.text", "consent.chat")),
    Field("says_at", gettext_lazy("When they agreed"), FieldKind.MOMENT, (
        "consent date", "consent timestamp", "consent given at", "opt in date", "optin date",
        "optin time", "opt in timestamp", "permission date",
    ), is_dispensable=True, listed=("consent.email", "consent.text", "consent.chat")),
    Field("says_email_source", gettext_lazy("Where they agreed to e-mail"), TEXT, (
        "email consent source", "email marketing consent source", "email opt in source",
    ), longest=200, listed=("consent.email",)),
    Field("says_email_at", gettext_lazy("When they agreed to e-mail"), FieldKind.MOMENT, (
        "email consent date", "email consent timestamp", "email marketing consent timestamp",
        "email opt in date", "email opt in time",
    ), is_dispensable=True, listed=("consent.email",)),
    Field("says_text_source", gettext_lazy("Where they agreed to texts"), TEXT, (
        "sms consent source", "sms marketing consent source", "sms opt in source",
        "text consent source",
    ), longest=200, listed=("consent.text",)),
    Field("says_text_at", gettext_lazy("When they agreed to texts"), FieldKind.MOMENT, (
        "sms consent date", "sms consent timestamp", "sms marketing consent timestamp",
        "sms opt in date", "text consent date",
    ), is_dispensable=True, listed=("consent.text",)),
    Field("says_chat_source", gettext_lazy("Where they agreed to chat"), TEXT, (
        "whatsapp consent source", "whatsapp opt in source",
    ), longest=200, listed=("consent.chat",)),
    Field("says_chat_at", gettext_lazy("When they agreed to chat"), FieldKind.MOMENT, (
        "whatsapp consent date", "whatsapp consent timestamp", "whatsapp opt in date",
    ), is_dispensable=True, listed=("consent.chat",)),
)  # fmt: skip
