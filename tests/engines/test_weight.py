"""What a start imports, and what the web process does."""

import os
import subprocess
import sys

HEAVY = ("duckdb", "ibis", "pyarrow", "numpy", "pandas", "scipy", "adbc_driver_manager")
# What few commands ask for, and every command would pay.
SELDOM = ("liquid", "markdown_it", "html2text", "pyzipper", "vobject", "cryptography")


def test_a_start_imports_little_and_the_web_process_nothing_of_the_analytic_stack() -> None:
    script = (
        "import sys; import django; django.setup();"
        f"print([name for name in {SELDOM!r} if name in sys.modules]);"
        "import regulars.config.wsgi; import regulars.config.urls;"
        "from django.urls import reverse; reverse('insight:home');"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )

    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "regulars.config.settings"},
    ).stdout  # fmt: skip

    assert said.splitlines() == ["[]", "[]"]


def test_columns_reach_numpy_where_arrow_was_loaded_without_it() -> None:
    """As in a process of its own: here others have loaded both already."""
    script = (
        "from regulars.engines.opening import Counter; counter = Counter('duckdb', None);"
        "values = {'n': [1, 2, 3], 'x': [1.5, None, 2.0], 'kind': ['a', 'b', 'c']};"
        "types = {'n': 'int64', 'x': 'float64', 'kind': 'string'};"
        "table = counter.put('lines', values, types);"
        "found = counter.columns(table.order_by(table.n.desc()));"
        "print(*(found[name].tolist() for name in values));"
        "print(*map(len, counter.columns(table.filter(table.n > 5)).values()))"
    )

    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "regulars.config.settings"},
    ).stdout  # fmt: skip

    assert said.splitlines() == ["[3, 2, 1] [2.0, nan, 1.5] ['c', 'b', 'a']", "0 0 0"]
