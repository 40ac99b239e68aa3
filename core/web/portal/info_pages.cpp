#include "web/portal/info_pages.h"

#include "base/civil_day.h"
#include "web/paths.h"

namespace motcua::web {

namespace {

constexpr Millis kCached = std::chrono::minutes{1};

void fillAgency(view::Model& group, const agency::Agency& agency, std::string_view locale) {
    view::Model& row = group.add("agencies");
    row.set("text", agency.label(locale));
    row.setUnlessEmpty("where", agency.address);
    row.setUnlessEmpty("identifier", agency.identifier);
    if (!agency.phone.empty())
        row.object("telephone").set("text", agency.phone).set("href", telephoneLink(agency.phone));
}

} // namespace

void InfoPages::mount(http::Router& router) {
    router
        .get(paths::kHelp,
             [](http::Request& request) {
                 http::Page page{request, "help"};
                 return page.title(page.say("help.title")).response();
             })
        .cachedFor(kCached);
    router.get(paths::kContact, [this](http::Request& request) { return contact(request); })
        .cachedFor(kCached);
    router
        .get(paths::kPrivacy,
             [this](http::Request& request) {
                 http::Page page{request, "privacy"};
                 page.set("rights_how", page.say("privacy.rights_how", reach()));
                 return page.title(page.say("privacy.title")).response();
             })
        .cachedFor(kCached);
    router
        .get(paths::kAccessibility,
             [this](http::Request& request) {
                 http::Page page{request, "accessibility"};
                 page.set("report", page.say("accessibility.report_1", reach()));
                 return page.title(page.say("accessibility.title")).response();
             })
        .cachedFor(kCached);
}

view::Params InfoPages::reach() const {
    return {{"hotline", facts_.hotline}, {"email", facts_.email}};
}

// The city and what stands right below it; of the districts, those that have wards here open by their name.
Result<http::Response> InfoPages::contact(http::Request& request) {
    http::Page page{request, "contact"};
    page.title(page.say("contact.title")).set("agencies_note", page.say("contact.agencies_note", reach()));
    const auto tree = agencies_.tree(request.context());
    const CivilDay today = civilDay(clock_.now());
    const auto group = [&](std::string text) -> view::Model& {
        return page.model().add("groups").set("text", std::move(text));
    };
    for (const agency::Agency& city : tree->all()) {
        if (city.kind != agency::Kind::City || !city.validOn(today)) continue;
        fillAgency(group(page.say("contact.city")).set("open", true), city, request.locale());
        const auto below = tree->children(city.id, today);
        for (const auto& [kind, word] : {std::pair{agency::Kind::Department, "contact.departments"},
                                         std::pair{agency::Kind::District, "contact.districts"}}) {
            view::Model* rows = nullptr;
            for (const agency::Agency* one : below) {
                if (one->kind != kind) continue;
                if (!rows) rows = &group(page.say(word));
                fillAgency(*rows, *one, request.locale());
            }
        }
        for (const agency::Agency* district : below) {
            const auto wards = tree->children(district->id, today);
            if (wards.empty()) continue;
            view::Model& rows = group(district->label(request.locale()) + ": " + page.say("contact.wards"));
            for (const agency::Agency* ward : wards)
                fillAgency(rows, *ward, request.locale());
        }
    }
    return page.response();
}

} // namespace motcua::web
