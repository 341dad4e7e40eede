from django.urls import path

from regulars.verdicts import views

app_name = "verdicts"
urlpatterns = [
    path("", views.home, name="home"),
    path("by-default", views.by_default, name="by_default"),
    path("<int:trial_id>/", views.show, name="trial"),
    path("mailings/<int:mailing_id>/keep", views.keep, name="keep"),
    path("mailings/<int:mailing_id>/everybody", views.everybody, name="everybody"),
]
