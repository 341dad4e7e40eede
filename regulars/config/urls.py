from django.urls import include, path

urlpatterns = [
    path("", include("regulars.desk.urls")),
    path("customers/", include("regulars.customers.urls")),
    path("touches/", include("regulars.conversations.urls")),
    path("imports/", include("regulars.intake.urls")),
    path("insight/", include("regulars.insight.urls")),
    path("plan/", include("regulars.planning.urls")),
    path("team/", include("regulars.team.urls")),
    path("account/", include("allauth.urls")),
]
