from django.urls import path

from regulars.insight import views

app_name = "insight"
urlpatterns = [
    path("", views.home, name="home"),
    path("count-again", views.count_again, name="count_again"),
    path("counting", views.counting, name="counting"),
]
