"""Texts that have broken other lists: formulas, quotes, marks, signs of every script."""

NASTY = [
    "=1+1", "=HYPERLINK(\"http://x.example\")", "+SUM(A1)", "-2+3", "@now", "'=1", "'Tis O'Neill",
    "Robert'); DROP TABLE customers;--", "<script>alert(1)</script>", "{{ 7*7 }}", "{% now %}",
    "a,b;c|d\te", "\"quoted\"", "two\nlines", "Zoë Müller-Łukasz", "王小明", "محمد", "שלום",
    "👩‍👩‍👧‍👦", "Z̮̞̠͙͔ͅA̷", "\u202eevil", "\u200bzero", "NULL", "undefined", "00123", "1e5", "TRUE",
    "2026-11-24", "_x0041_", "&amp;", "\\n", "\ufeffbom", "ﷺ", "-", "  spaced  ", "C:\\x",
]  # fmt: skip
