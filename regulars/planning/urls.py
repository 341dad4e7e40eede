from django.urls import path

from regulars.planning import ahead_views, day_views, one_views, reason_views, views, why_views

app_name = "planning"
urlpatterns = [
    path("route", day_views.route, name="route"),
    path("calendar", day_views.calendar, name="calendar"),
    path("calendar/today.ics", day_views.todays_calendar, name="todays_calendar"),
    path("calendar/open", day_views.open_address, name="open_feed"),
    path("calendar/close", day_views.close_address, name="close_feed"),
    path("feed/<str:token>.ics", day_views.feed, name="feed"),
    path("briefs.pdf", day_views.days_briefs, name="briefs"),
    path("brief/<int:customer_id>", day_views.brief, name="brief"),
    path("brief/<int:customer_id>.pdf", day_views.brief_on_paper, name="brief_pdf"),
    path("call/<int:item_id>", day_views.call, name="call"),
    path("week", ahead_views.week, name="week"),
    path("week/move", ahead_views.move, name="move"),
    path("week/back/<str:slip>", ahead_views.move_back, name="move_back"),
    path("team", ahead_views.team, name="team"),
    path("reasons", reason_views.reasons, name="reasons"),
    path("reasons/<str:name>/switch", reason_views.switch, name="switch"),
    path("reasons/of/<int:customer_id>/<str:name>/silence", reason_views.silence, name="silence"),
    path("reasons/of/<int:customer_id>/<str:name>/hear", reason_views.hear, name="hear"),
    path("morning", reason_views.morning, name="morning"),
    path("why-not/<int:customer_id>", why_views.why_not, name="why_not"),
    path("cadences", views.cadences, name="cadences"),
    path("cadences/add", views.add_rule, name="add_rule"),
    path("cadences/lengthen", views.lengthen, name="lengthen"),
    path("cadences/<int:cadence_id>/remove", views.remove_rule, name="remove_rule"),
    path("cadences/back/<str:slip>", views.put_back, name="put_back"),
    path("cadences/of/<int:customer_id>", one_views.panel, name="often"),
    path("cadences/of/<int:customer_id>/agree", one_views.agree, name="agree"),
    path("cadences/of/<int:customer_id>/end/<str:worth>", one_views.end, name="end_one"),
    path("cadences/of/<int:customer_id>/pause", one_views.pause, name="pause"),
    path("cadences/of/<int:customer_id>/pause/end", one_views.end_pause, name="end_pause"),
    path("cadences/of/<int:customer_id>/back/<str:slip>", one_views.put_back, name="put_one_back"),
]
