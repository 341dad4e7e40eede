"""What the web process imports."""

import subprocess
import sys

HEAVY = ("duckdb", "ibis", "pyarrow", "numpy", "pandas", "scipy", "adbc_driver_manager")


def test_the_web_process_imports_nothing_of_the_analytic_stack() -> None:
    script = (
        "import sys; import regulars.config.wsgi; import regulars.config.urls;"
        "from django.urls import reverse; reverse('insight:home');"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )

    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout

    assert said.strip() == "[]"
