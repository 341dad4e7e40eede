"""`dev`, the locks and what may stand in git."""

import ast
import re
import sys
import tomllib

from tests.house.tree import ROOT, imports, shown, tracked

# In pieces, so that this file is not its own finding.
HOSTS = [
    ".".join(pieces)
    for pieces in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs"),
        ("deb", "debian", "org"),
        ("security", "debian", "org"),
    )
]
FOLDERS = re.compile("/(work|farm|root|home/[a-z]+)/[a-z.]")
# The only file that may say where the real data lies.
KNOWS_THE_DATA = ".ci/run"
REAL_DATA = "/".join(("shared", "data"))
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==\S+", re.MULTILINE)


def locks() -> list[str]:
    return sorted(path.name for path in (ROOT / "requirements").glob("*.lock"))


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=~! ;]", name)[0]).lower()


def pinned(lock: str) -> set[str]:
    return {plain(name) for name in PIN.findall((ROOT / "requirements" / lock).read_text())}


def test_dev_uses_only_the_standard_library() -> None:
    files = [ROOT / "dev", ROOT / "tests" / "servers.py"]

    used = {module.split(".")[0] for path in files for _, module in imports(path)}

    assert used - set(sys.stdlib_module_names) == {"tests"}


def test_dev_imports_of_the_tests_only_what_is_standard_library_too() -> None:
    of_tests = {module for _, module in imports(ROOT / "dev") if module.startswith("tests.")}

    assert {module.rpartition(".")[0] for module in of_tests} == {"tests.servers"}


def test_dev_gives_every_command_a_line_in_contributing() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text()
    table = next(
        node.value
        for node in ast.walk(ast.parse((ROOT / "dev").read_text()))
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "COMMANDS"
    )
    assert isinstance(table, ast.Dict)

    names = [ast.literal_eval(key) for key in table.keys if key is not None]

    assert [name for name in names if f"`./dev {name}" not in text] == []


def test_every_pin_of_every_lock_has_a_hash() -> None:
    assert locks() == ["dev.lock", "installer.lock", "spark.lock", "up.lock"]
    for lock in locks():
        entries = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements" / lock).read_text())
        bare = [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry]
        assert bare == [], lock


def test_locks_hold_every_dependency_named() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [
        line.split("#")[0].strip()
        for name in ("build.in", "dev.in")
        for line in (ROOT / "requirements" / name).read_text().splitlines()
    ]
    for_tests = {plain(line) for line in lines if line and not line.startswith("-")}
    named = {plain(line) for line in project["dependencies"]}

    assert named - pinned("up.lock") == set()
    assert (named | for_tests) - pinned("dev.lock") == set()


def test_the_extra_and_its_lock_name_the_same_version() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (named,) = extras["optional-dependencies"]["spark"]

    assert f"\n{named} " in f"\n{(ROOT / 'requirements' / 'spark.lock').read_text()}"


def test_tests_run_on_the_versions_that_are_installed() -> None:
    pin = re.compile(r"^[a-z0-9][a-z0-9._-]*==\S+", re.MULTILINE)
    up = set(pin.findall((ROOT / "requirements" / "up.lock").read_text()))
    dev = set(pin.findall((ROOT / "requirements" / "dev.lock").read_text()))

    assert up - dev == set()


def test_every_dependency_says_why() -> None:
    project = (ROOT / "pyproject.toml").read_text().partition("dependencies = [")[2]
    lines = project.partition("\n]")[0].splitlines()
    for name in ("build.in", "dev.in", "installer.in", "spark.in"):
        lines += (ROOT / "requirements" / name).read_text().splitlines()

    named = [line for line in lines if line.strip() and not line.startswith(("-r", "#"))]

    assert [line for line in named if "#" not in line] == []


def test_no_registry_host_and_no_machine_path_stands_in_git() -> None:
    found = []
    for path in tracked():
        text = path.read_bytes().decode("utf-8", "ignore")
        if shown(path) != KNOWS_THE_DATA and REAL_DATA in text:
            found.append(f"{shown(path)}: names the folder of the real data")
        found += [f"{shown(path)}: {host}" for host in HOSTS if host in text]
        found += [f"{shown(path)}: {hit.group()}" for hit in FOLDERS.finditer(text)]

    assert found == []


def test_every_setting_is_explained_in_the_example() -> None:
    example = (ROOT / ".env.example").read_text()
    explained = set(re.findall(r"^# ([A-Z][A-Z_]+)=", example, re.MULTILINE))
    read = {
        node.args[0].value
        for path in (ROOT / "regulars" / "config").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id.startswith("env_")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }

    assert explained - read == {"REGULARS_TEST_DATA", "REGULARS_CHROMIUM", "REGULARS_NOW"}
    assert read - explained == set()


def test_links_between_documents_lead_somewhere() -> None:
    link = re.compile(r"\]\((?!https?:|mailto:|#)([^)\s#]+)")
    lost = [
        f"{shown(path)}: {target}"
        for path in tracked()
        if path.suffix == ".md"
        for target in link.findall(path.read_text())
        if not (path.parent / target).exists()
    ]

    assert lost == []
