#include "web/layout.h"

#include "identity/identity_service.h"
#include "web/paths.h"

namespace motcua::web {

namespace {

struct MenuItem {
    const char* word;
    const char* path;
};

// A city may run without some rooms: what nobody serves is not linked.
bool isServed(const http::Router& router, const char* path) {
    return router.match("GET", path).route != nullptr;
}

// The longest path that the request's path begins with is the current item.
void fillMenu(const http::Request& request, view::Model& model, const http::Router& router,
              std::vector<MenuItem> items) {
    std::erase_if(items, [&](const MenuItem& item) { return !isServed(router, item.path); });
    std::string_view current;
    for (const MenuItem& item : items)
        if (request.path().starts_with(item.path) && std::string_view{item.path}.size() > current.size())
            current = item.path;
    view::Model& nav = model.object("nav");
    for (const MenuItem& item : items) {
        view::Model& row = nav.add("items");
        row.set("text", request.say(item.word)).set("href", view::Lent{item.path});
        if (current == item.path && (current != paths::kHome || request.path() == paths::kHome))
            row.set("current", true);
    }
}

std::vector<MenuItem> menuOf(const Actor& actor, bool administersCity) {
    if (actor.kind != ActorKind::Official) {
        std::vector<MenuItem> items{{"nav.home", paths::kHome},
                                    {"nav.procedures", paths::kProcedures},
                                    {"nav.track", paths::kTrack},
                                    {"nav.verify", paths::kVerify},
                                    {"nav.help", paths::kHelp}};
        if (actor.kind == ActorKind::Citizen) items.push_back({"nav.account", paths::kAccount});
        return items;
    }
    std::vector<MenuItem> items{{"nav.work", paths::kWork}};
    if (actor.has("receiver")) items.push_back({"nav.reception", paths::kReception});
    items.insert(items.end(), {{"nav.procedures", paths::kProcedures}, {"nav.ratings", paths::kWorkRatings}});
    if (actor.has("leader") || actor.has("receiver")) items.push_back({"nav.money", paths::kMoney});
    if (actor.has("admin")) {
        items.push_back({"nav.admin", paths::kAdmin});
        if (administersCity) items.push_back({"nav.plugins", paths::kPlugins});
    }
    return items;
}

void fillLinks(const Actor& actor, view::Model& model, const http::Router& router) {
    view::Model& links = model.object("links");
    const auto add = [&](view::Key key, const char* path) {
        if (isServed(router, path)) links.set(key, view::Lent{path});
    };
    add("home", paths::kHome);
    add("search", paths::kProcedures);
    add("track", paths::kTrack);
    add("verify", paths::kVerify);
    add("ratings", paths::kRatings);
    add("account", actor.kind == ActorKind::Official ? paths::kWork : paths::kAccount);
    add("sign_in", paths::kSignIn);
    add("register", paths::kRegister);
    links.set("sign_out", view::Lent{paths::kSignOut});
    add("contact", paths::kContact);
    add("help", paths::kHelp);
    add("privacy", paths::kPrivacy);
    add("accessibility", paths::kAccessibility);
}

} // namespace

std::string telephoneLink(const std::string& number) {
    std::string digits;
    for (const char c : number)
        if (c >= '0' && c <= '9') digits += c;
    return "tel:" + digits;
}

http::LayoutFiller layoutFiller(SiteFacts facts, const http::Router& router,
                                std::function<bool(const Actor&)> administersCity) {
    return [facts = std::move(facts), &router,
            administersCity = std::move(administersCity)](const http::Request& request, view::Model& model) {
        const bool english = request.locale() == "en";
        model.object("site")
            .set("name", english ? facts.nameEn : facts.name)
            .set("owner", english ? facts.ownerEn : facts.owner)
            .set("domain", facts.domain)
            .set("hotline", facts.hotline)
            .set("hotline_href", telephoneLink(facts.hotline))
            .set("email", facts.email)
            .set("email_href", "mailto:" + facts.email)
            .set("address", english ? facts.addressEn : facts.address);
        fillLinks(request.actor(), model, router);
        fillMenu(request, model, router, menuOf(request.actor(), administersCity(request.actor())));
        if (request.actor().signedIn()) {
            model.object("user").set("text", request.actor().name);
            model.object("session")
                .set("seconds", identity::idleTime(request.actor().kind).count() / 1000)
                .set("keep", view::Lent{paths::kSession});
        }
        if (request.actor().kind == ActorKind::Official) model.set("staff", true);
    };
}

} // namespace motcua::web
