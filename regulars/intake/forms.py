"""Checking what is handed over on the screens of bringing in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regulars.core.column_sets import Field, Role, column_sets
from regulars.intake.actions import NewFile
from regulars.intake.mending import Mender, labels_of
from regulars.intake.models import Import, ImportFile, UntakenRow
from regulars.intake.queries import why_untaken
from regulars.intake.seeing import WHOLE, Sight

ACCEPTED = ".csv,.tsv,.txt,.xlsx,.xls,.ods,.vcf,.gz"


class FilesForm(forms.Form):
    """The files of one import, one for each role; the first role's file is needed."""

    def __init__(
        self,
        kind: str,
        posted: QueryDict | None = None,
        files: "MultiValueDict[str, UploadedFile[bytes]] | None" = None,
    ) -> None:
        super().__init__(posted, files)
        self.kind = kind
        for nth, role in enumerate(column_sets[kind].roles):
            self.fields[role.name] = forms.FileField(
                label=role.label,
                required=nth == 0,
                widget=forms.FileInput(attrs={"accept": ACCEPTED}),
                error_messages={
                    "required": _("Choose the file that should be brought in."),
                    "empty": _("The file is empty. Export it again and check that it has rows."),
                },
            )
        self.fields["source"] = forms.CharField(
            label=_("Where the files come from"),
            help_text=_("Such as till, shop or list. Numbers of customers count within it."),
            max_length=40,
            initial="files",
        )

    def new_files(self) -> list[NewFile]:
        given = ((role.name, self.cleaned_data.get(role.name)) for role in self.roles)
        return [NewFile(role, file.name or role, file) for role, file in given if file]

    @property
    def roles(self) -> tuple[Role, ...]:
        return column_sets[self.kind].roles


class ColumnsForm(forms.Form):
    """For each file, which column is which field (`role:field`), and what becomes of the known."""

    def __init__(
        self,
        item: Import,
        posted: QueryDict | None = None,
        *,
        sights: Mapping[int, Sight] | None = None,
    ) -> None:
        super().__init__(posted)
        self.kept = list(item.files.order_by("id"))
        self.sights = sights or {}
        self.columns = column_sets[item.kind]
        roles = {role.name: role for role in self.columns.roles}
        for file in self.kept:
            for field in roles[file.role].fields:
                for name in _names_of(field, file.mapping):
                    self.fields[f"{file.role}:{name}"] = _column_choice(
                        field, name, file, self.sight_of(file).hidden
                    )
            self._offer_policies(file, roles[file.role].fields)
            self._offer_mending(file)
        self._offer_keys(item)

    def _offer_policies(self, file: ImportFile, fields: tuple[Field, ...]) -> None:
        """One choice for each column, and one for all parts of a whole, at the first of them."""
        wholes: dict[str, list[Field]] = {}
        for field in fields:
            if field.name in self.columns.policies:
                wholes.setdefault(str(field.part_of or field.label), []).append(field)
        told = file.choices.get("policies", {})
        for parts in wholes.values():
            chosen = next((told[one.name] for one in parts if told.get(one.name)), "")
            if here := [field for field in parts if field.name in file.mapping]:
                self._offer_policy(here[0], file, chosen)

    def _offer_policy(self, field: Field, file: ImportFile, chosen: str) -> None:
        usual = self.columns.policies[field.name]
        self.fields[f"policy:{file.role}:{field.name}"] = forms.ChoiceField(
            label=gettext("%(field)s that is there already")
            % {"field": field.part_of or field.label},
            choices=[(policy, POLICY_WORDS[policy]) for policy in usual],
            required=False,
            initial=chosen or usual[0],
            widget=forms.Select(attrs={"class": "input"}),
        )
        if field.name in self.columns.clearable:
            self.fields[f"clear:{file.role}:{field.name}"] = forms.BooleanField(
                label=_("A blank cell empties it"), required=False,
                initial=field.name in file.choices.get("clear", ()),
            )  # fmt: skip

    def _offer_mending(self, file: ImportFile) -> None:
        for nth, slip in enumerate(file.reading.get("slips", ())):
            self.fields[f"mend:{file.role}:{nth}"] = forms.BooleanField(
                label=slip["column"], required=False, initial=slip["column"] in _mended(file)
            )

    def _offer_keys(self, item: Import) -> None:
        chosen = item.settings.get("keys") or self.columns.usual_keys
        for key, label in self.columns.keys:
            self.fields[f"key:{key}"] = forms.BooleanField(
                label=label, required=False, initial=key in chosen
            )

    def sight_of(self, file: ImportFile) -> Sight:
        return self.sights.get(file.pk, WHOLE)

    def of_file(self, file: ImportFile) -> Iterator[forms.BoundField]:
        return self._named(f"{file.role}:")

    def policies_of(self, file: ImportFile) -> list[tuple[forms.BoundField, Any]]:
        """Each policy, and beside it whether blank empties, where it may."""
        return [
            (field, self[name] if (name := f"clear:{field.name[7:]}") in self.fields else None)
            for field in self._named(f"policy:{file.role}:")
        ]

    @property
    def keys(self) -> list[forms.BoundField]:
        return list(self._named("key:"))

    def _named(self, prefix: str) -> Iterator[forms.BoundField]:
        return (self[name] for name in self.fields if name.startswith(prefix))

    def slips_of(self, file: ImportFile) -> list[tuple[forms.BoundField, dict[str, Any]]]:
        slips, is_whole = file.reading.get("slips", ()), not self.sight_of(file).hidden
        return [
            (self[f"mend:{file.role}:{nth}"], slip if is_whole else {**slip, "example": "…"})
            for nth, slip in enumerate(slips)
        ]

    def mapping(self) -> dict[str, Any]:
        """What was chosen, as `choosing` reads it."""
        columns: dict[str, dict[str, str]] = {file.role: {} for file in self.kept}
        for name, column in self.cleaned_data.items():
            role, _sign, field = name.partition(":")
            if column and role in columns:
                columns[role][field] = column
        mend = {
            file.role: [slip["column"] for field, slip in self.slips_of(file)
                        if self.cleaned_data[field.name]]
            for file in self.kept
        }  # fmt: skip
        return {"columns": columns, "mend": mend, **self._about_the_known()}

    def _about_the_known(self) -> dict[str, Any]:
        told: dict[str, Any] = {"policies": {}, "clear": {}}
        for file in self.kept:
            rows = self.policies_of(file)
            told["policies"][file.role] = {
                field.name.rpartition(":")[2]: self.cleaned_data[field.name] for field, _no in rows
            }
            told["clear"][file.role] = [
                clear.name.rpartition(":")[2] for _field, clear in rows
                if clear is not None and self.cleaned_data[clear.name]
            ]  # fmt: skip
        chosen = [field.name[4:] for field in self.keys if self.cleaned_data[field.name]]
        # Nobody ticks anything off a page that does not show it: then the usual order holds.
        return told | {"keys": chosen if set(chosen) != set(self.columns.usual_keys) else []}


POLICY_WORDS = {
    "overwrite": _("the file counts"), "fill": _("only where nothing is there"),
    "append": _("is added to what is there"), "ignore": _("only for new customers"),
}  # fmt: skip


def _names_of(field: Field, mapping: dict[str, str]) -> list[str]:
    """The field, its further columns, and one more to choose where several may hold it."""
    known = [name for name in mapping if name.partition("#")[0] == field.name and "#" in name]
    if not field.repeats or field.name not in mapping:
        return [field.name]
    spare = max((int(name.partition("#")[2]) for name in known), default=1) + 1
    return [field.name, *known, f"{field.name}#{spare}"]


def _column_choice(
    field: Field, name: str, file: ImportFile, hidden: frozenset[str]
) -> forms.ChoiceField:
    """A column that is hidden from whoever chooses stays what it is: elsewhere it would be seen."""
    nth, told = name.partition("#")[2], file.mapping.get(name, "")
    names = (one for one in file.reading["names"] if one not in hidden or one == told)
    return forms.ChoiceField(
        label=f"{field.label} {nth}".strip(),
        choices=[("", _("left out")), *((column, column) for column in names)],
        required=False,
        initial=told,
        disabled=told in hidden,
        widget=forms.Select(attrs={"class": "input"}),
    )


def _mended(file: ImportFile) -> list[str]:
    told = file.choices.get("mend", False)
    found = [slip["column"] for slip in file.reading["slips"]]
    return found if told is True else [name for name in found if name in (told or ())]


class InletForm(forms.Form):
    """A new folder or address from which files come in by themselves."""

    kind = forms.ChoiceField(label=_("What comes in"))
    place = forms.CharField(
        label=_("Folder or address"), max_length=500,
        help_text=_("The name of a folder, such as till, or an address that begins with https://."),
    )  # fmt: skip
    source = forms.CharField(
        label=_("Where the files come from"), max_length=40, initial="files",
        help_text=_("Such as till, shop or list. Numbers of customers count within it."),
    )  # fmt: skip
    allows_private = forms.BooleanField(
        label=_("The address may be that of a machine in our own network"), required=False
    )

    def __init__(self, posted: QueryDict | None = None, *, is_owner: bool) -> None:
        super().__init__(posted)
        choices = [(columns.kind, columns.label) for columns in column_sets]
        self.fields["kind"] = forms.ChoiceField(label=_("What comes in"), choices=choices)
        if not is_owner:
            del self.fields["allows_private"]


@dataclass(frozen=True, slots=True)
class RowToMend:
    """One row on the screen: its number, why it was not taken, and its cells to change."""

    row: UntakenRow
    reasons: list[str]
    fields: list[forms.BoundField]


class MendForm(forms.Form):
    """The cells of some rows that were not taken; `row:column` by the key and the place."""

    def __init__(
        self,
        rows: list[UntakenRow],
        posted: QueryDict | None = None,
        *,
        sight: Sight = WHOLE,
    ) -> None:
        super().__init__(posted)
        self.kept = rows
        self.mender = Mender(rows[0].file, sight)
        labels, told = labels_of(rows[0].file), why_untaken(rows, sight)
        self.cells = {row.pk: self.mender.cells_of(row) for row in rows}
        self.reasons = {row.pk: told.get(row.row_no, []) for row in rows}
        for row in rows:
            blamed = {problem.column for problem in self.reasons[row.pk]}
            for at, name in self.mender.shown(row):
                self.fields[f"{row.pk}:{at}"] = forms.CharField(
                    label=str(labels.get(name) or name), required=False, strip=False,
                    initial=self.cells[row.pk][at], help_text=name if name in blamed else "",
                    widget=forms.TextInput(attrs=_marked_as_wrong(wrong=name in blamed)),
                )  # fmt: skip

    @property
    def rows(self) -> list[RowToMend]:
        return [
            RowToMend(
                row, list(dict.fromkeys(told.message for told in self.reasons[row.pk])),
                [self[f"{row.pk}:{at}"] for at, _name in self.mender.shown(row)],
            )
            for row in self.kept
        ]  # fmt: skip

    def changed_rows(self) -> dict[int, list[str]]:
        """The rows in which something is otherwise now, whole."""
        found: dict[int, list[str]] = {}
        for row in self.kept:
            cells = list(self.cells[row.pk])
            for at, _name in self.mender.shown(row):
                cells[at] = self.data.get(f"{row.pk}:{at}", cells[at])
            if cells != [*row.cells, *[""] * (len(cells) - len(row.cells))]:
                found[row.pk] = cells
        return found


def _marked_as_wrong(*, wrong: bool) -> dict[str, str]:
    return {"class": "input", "aria-invalid": "true"} if wrong else {"class": "input"}
