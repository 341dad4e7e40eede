"""What the list of customers takes from files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.core.bulk import merge_rows
from regulars.core.column_sets import (
    Batch,
    Field,
    FieldKind,
    Role,
    Step,
    Terms,
    Verdict,
    column_sets,
)
from regulars.core.errors import Refusal
from regulars.customers import taking_in
from regulars.customers.choices import Kind
from regulars.customers.models import StagedCustomer
from regulars.customers.naming import sort_name_of

IDENTIFIER, TEXT, EMAIL, PHONE, FLAG = (
    FieldKind.IDENTIFIER, FieldKind.TEXT, FieldKind.EMAIL, FieldKind.PHONE, FieldKind.FLAG
)  # fmt: skip

PEOPLE_FIELDS = (
    Field("name", gettext_lazy("Name"), TEXT, (
        "full name", "fullname", "customer name", "contact name", "client name", "cust name",
        "name", "display name", "person name", "your full name", "what's your name", "namn",
        "nombre", "nombre completo", "nom complet", "nome", "kunde", "kundenname", "klant",
        "nom", "imię i nazwisko", "navn", "nimi", "customer", "client", "contact", "nmae",
    )),
    Field("given_name", gettext_lazy("First name"), TEXT, (
        "first name", "given name", "firstname", "fname", "forename", "vorname", "förnamn",
        "prénom", "prenom", "nombre de pila", "voornaam", "fornavn", "primeiro nome", "imię",
    )),
    Field("family_name", gettext_lazy("Family name"), TEXT, (
        "last name", "family name", "surname", "lastname", "lname", "nachname", "efternamn",
        "nom de famille", "apellido", "apellidos", "cognome", "achternaam", "etternavn",
        "sobrenome", "nazwisko",
    )),
    Field("organisation", gettext_lazy("Organisation"), TEXT, (
        "company", "company name", "organisation", "organization", "business", "business name",
        "organization 1 - name", "organization name", "default address company",
        "billing company", "firma", "företag", "empresa", "société", "azienda", "bedrijf",
        "account name", "associated company", "compny", "school", "practice",
    )),
    Field("email", gettext_lazy("E-mail"), EMAIL, (
        "email", "e-mail", "email address", "e-mail address", "e-mail 1 - value", "mail", "eml",
        "person email", "lead email", "billing email", "contact email", "customer email",
        "what's your email", "correo", "correo electrónico", "e-post", "epost", "courriel",
        "e-mailadresse", "emailadres", "posta elettronica", "primary email", "email 1",
    )),
    Field("phone", gettext_lazy("Phone"), PHONE, (
        "phone", "phone number", "telephone", "tel", "tel1", "mobile", "mobile phone",
        "phone 1 - value", "cell", "cell phone", "primary phone", "home phone", "person phone",
        "lead phone", "billing phone", "telefon", "telefonnummer", "teléfono", "telefono",
        "téléphone", "telefone", "mobil", "mobilnummer", "móvil", "celular", "portable", "handy",
        "telefoon", "telefoonnummer", "default address phone", "phne", "phone 1",
    )),
    Field("street", gettext_lazy("Street"), TEXT, (
        "address", "street", "address1", "address 1", "address line 1", "street address",
        "default address address1", "billing address 1", "mailing street", "home street",
        "address 1 - street", "adresse", "adress", "dirección", "direccion", "indirizzo",
        "straße", "strasse", "straat", "endereço", "location",
    )),
    Field("postcode", gettext_lazy("Postcode"), TEXT, (
        "postcode", "zip", "zip code", "postal code", "pcode", "zip/postal code",
        "default address zip", "billing postcode", "mailing zip/postal code", "home postal code",
        "address 1 - postal code", "plz", "postleitzahl", "postnummer", "código postal",
        "code postal", "cap", "cep", "customer zip code prefix",
    ), longest=40),
    Field("city", gettext_lazy("City"), TEXT, (
        "city", "town", "default address city", "billing city", "mailing city", "home city",
        "address 1 - city", "ort", "stadt", "stad", "ciudad", "ville", "città", "cidade",
        "customer city", "ship city", "by", "miasto",
    ), longest=200),
    Field("region", gettext_lazy("Region"), TEXT, (
        "region", "state", "province", "county", "state/region", "default address province code",
        "default address province", "billing state", "mailing state/province", "home state",
        "address 1 - region", "bundesland", "provincia", "estado", "customer state",
        "ship region",
    ), longest=200),
    Field("country", gettext_lazy("Country"), TEXT, (
        "country", "default address country code", "default address country", "billing country",
        "mailing country", "home country", "country name", "address 1 - country", "land", "país",
        "pais", "pays", "paese", "kraj", "ship country",
    ), longest=100),
)  # fmt: skip

LIST_FIELDS = (
    Field("reference", gettext_lazy("Number in their system"), IDENTIFIER, (
        "customer id", "customerid", "customer number", "customer no", "cust id", "client id",
        "contact id", "person id", "person - id", "record id", "lead id", "member id", "user id",
        "account number", "id", "kundennummer", "kundnummer", "kundenr", "numéro client",
        "id cliente", "klantnummer", "reference", "member number",
    ), longest=200),
    *PEOPLE_FIELDS,
    Field("about", gettext_lazy("Note"), TEXT, (
        "note", "notes", "about", "comment", "comments", "remarks", "notiz", "notizen",
        "anteckning", "notas", "nota", "remarque", "anything we should know",
    )),
    Field("since", gettext_lazy("Customer since"), FieldKind.MOMENT, (
        "customer since", "since", "created at", "created", "create date", "created date",
        "date added", "signup date", "sign up date", "registered", "date subscribed",
        "registration date", "created (utc)", "kunde seit", "created time", "joined group on",
    ), is_dispensable=True),
    Field("says_email", gettext_lazy("May we e-mail?"), FLAG, (
        "accepts email marketing", "accepts marketing", "email opt in", "newsletter",
        "email consent", "subscribed", "opt in", "marketing consent",
    )),
    Field("says_text", gettext_lazy("May we text?"), FLAG, (
        "accepts sms marketing", "sms opt in", "sms consent", "text consent",
    )),
    Field("says_chat", gettext_lazy("May we chat?"), FLAG, (
        "accepts whatsapp marketing", "whatsapp opt in", "whatsapp consent",
    )),
)  # fmt: skip

COLUMNS = (
    "import_id", "key", "row_no", "row_count", "reference", "kind", "name", "given_name",
    "family_name", "sort_name", "email", "email_normal", "email_state", "phone", "phone_normal",
    "phone_state", "street", "postcode", "city", "region", "country", "about", "since_on",
    "says_email", "says_text", "says_chat", "is_new", "is_changed",
)  # fmt: skip
# A later row of the same customer speaks last, but blank never erases.
FILLED = (
    "reference", "name", "given_name", "family_name", "sort_name", "email", "email_normal",
    "email_state", "phone", "phone_normal", "phone_state", "street", "postcode", "city",
    "region", "country", "about", "says_email", "says_text", "says_chat",
)  # fmt: skip


def _merging(table: str) -> str:
    kept = [
        f"{name} = CASE WHEN excluded.{name} <> '' THEN excluded.{name} ELSE {table}.{name} END"
        for name in FILLED
    ]
    return "UPDATE SET " + ", ".join([
        *kept,
        f"kind = CASE WHEN excluded.name <> '' THEN excluded.kind ELSE {table}.kind END",
        f"since_on = coalesce(excluded.since_on, {table}.since_on)",
        f"row_count = {table}.row_count + excluded.row_count",
    ])  # fmt: skip


ON_CONFLICT = _merging(StagedCustomer._meta.db_table)


@dataclass(slots=True)
class Person:
    """One customer as one row names them."""

    reference: str = ""
    kind: str = Kind.PERSON
    name: str = ""
    given_name: str = ""
    family_name: str = ""
    email: Any = None
    phone: Any = None
    street: str = ""
    postcode: str = ""
    city: str = ""
    region: str = ""
    country: str = ""
    about: str = ""
    since_on: str | None = None
    says: tuple[str, str, str] = ("", "", "")

    @property
    def key(self) -> str:
        email, phone = self.email, self.phone
        if self.reference:
            return f"r:{self.reference}"
        if email is not None and not email.is_doubtful:
            return f"e:{email.normal}"
        if phone is not None and not phone.is_doubtful:
            return f"p:{phone.normal}"
        if self.name:
            return f"n:{self.sort_name[:330]}"
        # What nobody can be reached by still tells rows apart, when nothing else does.
        return f"d:{email.normal}" if email else f"d:{phone.normal}" if phone else ""

    @property
    def sort_name(self) -> str:
        if not self.name:
            return ""
        return sort_name_of(self.kind, self.name, self.given_name, self.family_name)


def people_of(batch: Batch) -> list[Person]:
    """The customers that some rows name, in the order of the rows."""
    names = zip(
        batch.column("name"), batch.column("given_name"), batch.column("family_name"),
        batch.column("organisation"), strict=True,
    )  # fmt: skip
    told = zip(
        batch.column("reference"), batch.column("email", None), batch.column("phone", None),
        batch.column("street"), batch.column("postcode"), batch.column("city"),
        batch.column("region"), batch.column("country"), batch.column("about"),
        batch.column("since", None), batch.column("says_email", None),
        batch.column("says_text", None), batch.column("says_chat", None), strict=True,
    )  # fmt: skip
    return [_person(who, what) for who, what in zip(names, told, strict=True)]


def _person(who: tuple[str, str, str, str], what: tuple[Any, ...]) -> Person:
    kind, name = _kind_and_name(*who)
    reference, email, phone, street, postcode, city, region, country, about, since = what[:10]
    return Person(
        reference[:200], kind, name, who[1] if kind == Kind.PERSON else "",
        who[2] if kind == Kind.PERSON else "", email, phone, street, postcode[:40], city[:200],
        region[:200], country[:100], about, since.day if since else None,
        (_word(what[10]), _word(what[11]), _word(what[12])),
    )  # fmt: skip


def _kind_and_name(name: str, given: str, family: str, organisation: str) -> tuple[str, str]:
    if name:
        return Kind.PERSON, name
    if given or family:
        return Kind.PERSON, f"{given} {family}".strip() if given and family else given or family
    if organisation:
        return Kind.ORGANISATION, organisation
    return Kind.PERSON, ""


def _word(said: bool | None) -> str:  # noqa: FBT001
    return "" if said is None else "yes" if said else "no"


def stage_people(
    people: Sequence[Person], rows: Sequence[int], terms: Terms, *, counted: bool = True
) -> None:
    """Put customers into staging; rows that name the same one are merged, the later filling in."""
    merged: dict[str, list[Any]] = {}
    for person, row in zip(people, rows, strict=True):
        if not person.key:
            continue
        line = _staged(person, row, terms.import_id, int(counted))
        known = merged.get(person.key)
        merged[person.key] = line if known is None else _both(known, line)
    merge_rows(
        StagedCustomer, COLUMNS, merged.values(), key=("import_id", "key"), on_conflict=ON_CONFLICT
    )


AT = {name: at for at, name in enumerate(COLUMNS)}


def _both(first: list[Any], later: list[Any]) -> list[Any]:
    for name in FILLED:
        if later[AT[name]]:
            first[AT[name]] = later[AT[name]]
    if later[AT["name"]]:
        first[AT["kind"]] = later[AT["kind"]]
    first[AT["since_on"]] = later[AT["since_on"]] or first[AT["since_on"]]
    first[AT["row_count"]] += later[AT["row_count"]]
    return first


def _staged(person: Person, row: int, import_id: int, count: int) -> list[Any]:
    email, phone = person.email, person.phone
    return [
        import_id, person.key, row, count, person.reference, person.kind, person.name,
        person.given_name, person.family_name, person.sort_name,
        email.value if email else "", email.normal if email else "", _state(email),
        phone.value if phone else "", phone.normal if phone else "", _state(phone),
        person.street, person.postcode, person.city, person.region, person.country,
        person.about, person.since_on, *person.says, False, False,
    ]  # fmt: skip


def _state(reach: Any) -> str:
    return "" if reach is None else "doubtful" if reach.is_doubtful else "usable"


class CustomerColumns:
    """The list of customers, one row each."""

    kind = "customers"
    label = gettext_lazy("Customers")
    roles = (Role("customers", gettext_lazy("The list of customers"), LIST_FIELDS),)

    def check_mapping(self, mapping: dict[str, dict[str, str]]) -> None:
        chosen = set(mapping.get("customers", {}))
        if not chosen & {"reference", "name", "given_name", "family_name", "organisation",
                         "email", "phone"}:  # fmt: skip
            raise Refusal(
                _("No column says who the customers are."),
                _("Choose the column that holds their name, their e-mail address, their phone "
                  "number or their number in the other system."),
            )  # fmt: skip

    def guess_by_content(self, role: str, columns: Sequence[Any]) -> dict[str, str]:
        found: dict[str, str] = {}
        for column in columns:
            if column.share(lambda value: "@" in value) > 0.6:
                found.setdefault("email", column.name)
            elif column.is_of_dates:
                found.setdefault("since", column.name)
            elif column.share(_looks_like_phone) > 0.6:
                found.setdefault("phone", column.name)
            elif column.is_of_numbers and len(column.distinct) >= 0.9 * column.filled:
                found.setdefault("reference", column.name)
            elif column.filled and column.share(lambda value: any(c.isalpha() for c in value)) > 0.8:
                found.setdefault("name", column.name)
        return found

    def begin(self, terms: Terms) -> None:
        """Nothing is remembered between batches."""

    def stage(self, batch: Batch, terms: Terms) -> list[tuple[int, str, str]]:
        people = people_of(batch)
        stage_people(people, batch.rows, terms)
        return [
            (row, "", _("Nobody is named: no name, no address, no phone number."))
            for row, person in zip(batch.rows, people, strict=True)
            if not person.key
        ]

    # For the sets of higher rooms whose rows carry customers.
    people_of = staticmethod(people_of)
    stage_people = staticmethod(stage_people)

    def resolve(self, terms: Terms) -> Iterator[Step]:
        return taking_in.resolve(terms)

    def verdict(self, terms: Terms) -> Verdict:
        return taking_in.verdict(terms)

    def apply(self, terms: Terms) -> Iterator[Step]:
        return taking_in.apply(terms)

    def empty(self, terms: Terms) -> Iterator[Step]:
        return taking_in.empty(terms)


def _looks_like_phone(value: str) -> bool:
    digits = sum(char.isdigit() for char in value)
    return digits >= 7 and (value[:1] in "+(0" or "-" in value or " " in value.strip())


column_sets.register("customers", CustomerColumns())
