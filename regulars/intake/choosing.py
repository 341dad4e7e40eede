"""What somebody chose for an import: which column is what, and how else the files are taken."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from regulars.core.errors import Refusal

Columns = dict[str, dict[str, str]]
# How each choice about a file is written in the JSON of `--mapping`.
OF_FILES: dict[str, type | tuple[type, ...]] = {
    "sheet": str, "mend": (bool, list), "policies": dict, "clear": list,
}  # fmt: skip
POLICIES = ("overwrite", "fill", "append", "ignore")


@dataclass(frozen=True, slots=True)
class Choices:
    """`columns`: role to field to column; `files`: role to what else holds for that file."""

    columns: Columns = field(default_factory=dict)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    # By what things that are known are told, where somebody chose it.
    keys: tuple[str, ...] | None = None

    def of_file(self, role: str) -> dict[str, Any]:
        return self.files.get(role, {})


def choices_of(told: Mapping[str, Any], roles: Iterable[str], first: str) -> Choices:
    """Read what a program or a file of choices says.

    Plain (`{"name": "CUST_NAME"}`), by role (`{"orders": {…}, "lines": {…}}`), or whole
    (`{"columns": …, "sheet": …, "mend": …, "policies": …, "clear": …, "keys": […]}`), in which
    each part but the keys may be plain or by role; without `columns` they are guessed.
    """
    known, whole = list(roles), {"columns", "keys", *OF_FILES}
    if not set(told) & whole:
        return Choices(columns=_by_role(told, first))
    strange = set(told) - whole
    if strange or not isinstance(told.get("columns", {}), Mapping):
        raise _wrong(", ".join(sorted(strange or {"columns"})))
    files: dict[str, dict[str, Any]] = {}
    for name, kind in OF_FILES.items():
        for role, value in _by_role_or_all(told.get(name), known, first).items():
            if not isinstance(value, kind):
                raise _wrong(name)
            if isinstance(value, dict) and not set(value.values()) <= {"", *POLICIES}:
                raise _wrong(name)
            files.setdefault(role, {})[name] = value
    keys = told.get("keys")
    if keys is not None and not isinstance(keys, list):
        raise _wrong("keys")
    return Choices(
        _by_role(told.get("columns", {}), first), files, tuple(keys) if keys is not None else None
    )


def _by_role(told: Mapping[str, Any], first: str) -> Columns:
    if told and all(isinstance(value, Mapping) for value in told.values()):
        return {role: {str(k): str(v) for k, v in part.items()} for role, part in told.items()}
    return {first: {str(name): str(column) for name, column in told.items()}}


def _by_role_or_all(told: Any, roles: list[str], first: str) -> dict[str, Any]:
    if told is None:
        return {}
    if isinstance(told, Mapping) and set(told) <= set(roles):
        return dict(told)
    # “Mend what can be mended” goes for every file; the name of a sheet only for one.
    return dict.fromkeys(roles, told) if isinstance(told, bool) else {first: told}


def _wrong(name: str) -> Refusal:
    return Refusal(
        _("The mapping says something about “%(name)s” that cannot be understood.")
        % {"name": name},
        _("Look at the guide “Bringing files in” for what a mapping may say."),
    )
