from datetime import date

from django.urls import path, register_converter

from regulars.conversations import views


class MonthConverter:
    """A month in an address: 2026-11."""

    regex = r"\d{4}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date) -> str:
        return f"{value:%Y-%m}"


register_converter(MonthConverter, "month")

app_name = "conversations"
urlpatterns = [
    path("log/<int:customer_id>", views.log, name="log"),
    path("<int:touch_id>/take-back", views.take_back, name="take_back"),
    path("of/<int:customer_id>", views.timeline, name="timeline"),
    path("of/<int:customer_id>/earlier", views.earlier, name="earlier"),
    path("of/<int:customer_id>/<month:first>", views.month, name="month"),
]
