from django.urls import path

from regulars.cases.views import deeds, pages, terms, treating

app_name = "cases"
urlpatterns = [
    path("", pages.home, name="home"),
    path("terms", terms.terms, name="terms"),
    path("terms/level/<slug:tier>", terms.level, name="level"),
    path("terms/budget/<int:member_id>", terms.budget, name="budget"),
    path("terms/perk/<slug:tier>", terms.perk, name="perk"),
    path("terms/perk/<int:perk_id>/end", terms.end, name="end_perk"),
    path("treated", treating.home, name="treated"),
    path("treated/<int:perk_id>/", treating.missing, name="missing"),
    path("treated/<int:given_id>/back", treating.take_back, name="take_back_perk"),
    path("of/<int:customer_id>/perk/<int:perk_id>", treating.give, name="give_perk"),
    path("given/<int:make_good_id>/<slug:verdict>", deeds.decide, name="decide"),
    path("of/<int:customer_id>", pages.panel, name="of"),
    path("of/<int:customer_id>/new", pages.open_for, name="open"),
    path("<int:case_id>/", pages.show, name="show"),
    path("<int:case_id>/note", deeds.note, name="note"),
    path("<int:case_id>/answer", deeds.answer, name="answer"),
    path("<int:case_id>/resolve", deeds.resolve, name="resolve"),
    path("<int:case_id>/close", deeds.close, name="close"),
    path("<int:case_id>/tell/<slug:how>", deeds.tell, name="tell"),
    path("<int:case_id>/right/<slug:verdict>", deeds.confirm, name="confirm"),
    path("<int:case_id>/reopen", deeds.reopen, name="reopen"),
    path("<int:case_id>/give", deeds.take_over, name="take_over"),
    path("<int:case_id>/describe", deeds.describe, name="describe"),
    path("<int:case_id>/make-good", deeds.make_good, name="make_good"),
    path("<int:case_id>/promise", deeds.promise, name="promise"),
    path("<int:case_id>/back/<int:entry_id>", deeds.back, name="back"),
]
