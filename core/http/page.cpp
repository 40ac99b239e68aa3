#include "http/page.h"

#include "base/bytes.h"
#include "http/errors.h"

#include <algorithm>
#include <vector>

namespace motcua::http {

namespace {

// The same page in another language.
std::string inLocale(const Request& request, const std::string& locale) {
    std::string target = percentEncode(request.path(), "/:@!$&'()*+,;=") + "?";
    if (request.isSafe())
        for (const auto& [name, value] : request.query().pairs())
            if (name != "lang") target += percentEncode(name) + "=" + percentEncode(value) + "&";
    return target + "lang=" + locale;
}

} // namespace

Page::Page(Request& request, std::string name) : request_(request), name_(std::move(name)) {
    if (request_.actor().signedIn() || request_.theme().mentions(name_, "csrf")) form();
}

Page& Page::title(std::string title) {
    model_.set("title", std::move(title));
    return *this;
}

Page& Page::status(int status) {
    status_ = status;
    return *this;
}

Page& Page::layout(std::string name) {
    layout_ = std::move(name);
    return *this;
}

Page& Page::form(std::string_view purpose) {
    forms_.set("csrf", request_.csrf(purpose)).set("once", randomToken());
    return *this;
}

Page& Page::allowFormTo(std::string origin) {
    formOrigins_.push_back(std::move(origin));
    return *this;
}

Page& Page::errors(const Error& error) {
    status_ = statusOf(error.kind, true);
    view::Model& summary = model_.object("error_summary");
    for (const FieldError& field : error.fields)
        summary.add("items").set("text", sentenceOf(request_, field)).set("href", "#" + field.field);
    if (error.fields.empty())
        summary.add("items").set("text", sentenceOf(request_, error)).set("href", "#main");
    return *this;
}

Page& Page::set(view::Key key, view::Value value) {
    model_.set(key, std::move(value));
    return *this;
}

view::Model Page::frame() {
    view::Model frame = std::move(forms_);
    frame.set("lang", request_.locale());
    const view::Theme& theme = request_.theme();
    // The language of the state stands first.
    std::vector<std::string> locales = theme.locales();
    std::stable_partition(locales.begin(), locales.end(),
                          [](const std::string& locale) { return locale == Context{}.locale; });
    for (const std::string& locale : locales) {
        frame.add("languages")
            .set("code", locale)
            .set("text", theme.words(locale).sayOr("language.name", locale))
            .set("href", inLocale(request_, locale))
            .set("current", locale == request_.locale());
    }
    if (request_.actor().signedIn()) frame.object("user").set("text", request_.actor().name);
    if (const auto flash = request_.takeFlash())
        frame.object("notice")
            .set("text", request_.say(flash->key, flash->params))
            .set("success", flash->success);
    if (request_.layout() && *request_.layout()) (*request_.layout())(request_, frame);
    return frame;
}

Response Page::response() {
    const view::Theme& theme = request_.theme();
    Response response;
    if (layout_.empty()) {
        // A fragment for a page that stands already: no notice is spent on it.
        forms_.set("lang", request_.locale());
        response = Response::html(theme.renderPage(name_, model_, forms_, request_.locale(), ""), status_);
    } else {
        const view::Model outer = frame();
        response =
            Response::html(theme.renderPage(name_, model_, outer, request_.locale(), layout_), status_);
    }
    for (const std::string& origin : formOrigins_)
        response.allowFormTo(origin);
    return response;
}

} // namespace motcua::http
