from django.urls import path

from regulars.consent import views

app_name = "consent"
urlpatterns = [
    path("grounds/", views.grounds, name="grounds"),
]
