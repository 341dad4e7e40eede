"""Ways an engine says no."""

from django.utils.translation import gettext as _

from regulars.core.errors import Refusal


class UnknownEngine(Refusal):
    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(
            _("There is no engine called “%(name)s”.") % {"name": name},
            _("Choose one of these: %(known)s.") % {"known": ", ".join(known)},
        )


class NoPostgresToCountOn(Refusal):
    def __init__(self) -> None:
        super().__init__(
            _("The database of this instance is SQLite: there is no PostgreSQL to count on."),
            _("Write the address of one: REGULARS_ENGINE=postgres://user:password@host/name."),
        )


class EngineMissing(Refusal):
    """The engine that was chosen is not installed here."""

    def __init__(self, engine: str, what: str, remedy: str) -> None:
        super().__init__(
            _("%(engine)s is to count, but %(what)s is not installed here.")
            % {"engine": engine, "what": what},
            remedy,
        )


class EngineOutOfReach(Refusal):
    def __init__(self, engine: str, said: str) -> None:
        super().__init__(
            _("%(engine)s, which is to count, cannot be reached: %(said)s")
            % {"engine": engine, "said": " ".join(said.split())},
            _("See that it runs and that REGULARS_ENGINE names it rightly."),
        )


class PairsOnDuckdbAlone(Refusal):
    def __init__(self, engine: str) -> None:
        super().__init__(
            _("Duplicates are looked for on DuckDB, not on “%(name)s”.") % {"name": engine},
            _("Leave the engine out: whichever counts, DuckDB is always there."),
        )


class ClerkFailed(RuntimeError):
    """The process that reads and writes the database for the engines ended with an error."""
