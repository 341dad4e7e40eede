"""Checking what is handed over on the screens of bringing in."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from regulars.core.column_sets import Role, column_sets
from regulars.intake.actions import NewFile
from regulars.intake.models import Import, ImportFile

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
    """For each file, which column is which field; `file:field` is the name of each choice."""

    def __init__(
        self,
        item: Import,
        posted: QueryDict | None = None,
    ) -> None:
        super().__init__(posted)
        self.kept = list(item.files.order_by("id"))
        roles = {role.name: role for role in column_sets[item.kind].roles}
        for file in self.kept:
            choices = [("", _("left out"))] + [(name, name) for name in file.reading["names"]]
            for field in roles[file.role].fields:
                self.fields[f"{file.role}:{field.name}"] = forms.ChoiceField(
                    label=field.label,
                    choices=choices,
                    required=False,
                    initial=file.mapping.get(field.name, ""),
                    widget=forms.Select(attrs={"class": "input"}),
                )
            self._offer_mending(file)

    def _offer_mending(self, file: ImportFile) -> None:
        for nth, slip in enumerate(file.reading.get("slips", ())):
            self.fields[f"mend:{file.role}:{nth}"] = forms.BooleanField(
                label=slip["column"], required=False, initial=slip["column"] in _mended(file)
            )

    def slips_of(self, file: ImportFile) -> list[tuple[forms.BoundField, dict[str, Any]]]:
        slips = file.reading.get("slips", ())
        return [(self[f"mend:{file.role}:{nth}"], slip) for nth, slip in enumerate(slips)]

    def of_file(self, file: ImportFile) -> Iterator[forms.BoundField]:
        prefix = f"{file.role}:"
        return (self[name] for name in self.fields if name.startswith(prefix))

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
        return {"columns": columns, "mend": mend}


def _mended(file: ImportFile) -> list[str]:
    told = file.choices.get("mend", False)
    found = [slip["column"] for slip in file.reading["slips"]]
    return found if told is True else [name for name in found if name in (told or ())]
