#include "http/errors.h"

#include "base/log.h"
#include "http/page.h"

namespace motcua::http {

namespace {

Response problem(Request& request, const Error& error, int status) {
    Json json = Json::object();
    json.set("type", "about:blank")
        .set("title", sentenceOf(request, error))
        .set("status", status)
        .set("code", error.code)
        .set("kind", name(error.kind))
        .set("trace", request.context().trace);
    if (!error.fields.empty()) {
        Json fields = Json::array();
        for (const FieldError& field : error.fields) {
            Json one = Json::object();
            one.set("field", field.field).set("code", field.code).set("message", sentenceOf(request, field));
            fields.add(std::move(one));
        }
        json.set("errors", std::move(fields));
    }
    return Response::bytes(json.dump(), "application/problem+json; charset=utf-8", status);
}

// Where the theme has no page for errors or that page itself fails.
Response barePage(const std::string& title, const std::string& trace, int status) {
    std::string page = "<!DOCTYPE html><html lang=\"vi\"><meta charset=\"utf-8\"><title>";
    view::appendEscaped(page, title);
    page += "</title><h1>";
    view::appendEscaped(page, title);
    page += "</h1><p>" + std::to_string(status) + " · " + trace + "</p>";
    return Response::html(std::move(page), status);
}

// The words of the theme for a status; "error_page.404_title", "error_page.404".
std::string pageWord(const Request& request, int status, const char* suffix, const std::string& otherwise) {
    const std::string key = "error_page." + std::to_string(status) + suffix;
    return request.theme().words(request.locale()).sayOr(key, otherwise);
}

Response errorPage(Request& request, const Error& error, int status) {
    const std::string sentence = sentenceOf(request, error);
    const std::string title = pageWord(request, status, "_title", sentence);
    if (!request.theme().has("error")) return barePage(title, request.context().trace, status);
    const bool ownSentence = request.theme().words(request.locale()).has("error." + error.code);
    try {
        Page page{request, "error"};
        page.title(title).status(status);
        page.set("message", ownSentence ? sentence : pageWord(request, status, "", sentence));
        page.set("code", status).set("trace", request.context().trace);
        for (const FieldError& field : error.fields)
            page.model().object("problems").add("items").set("text", sentenceOf(request, field));
        page.model().object("ways").add("items").set("text", page.say("error_page.home")).set("href", "/");
        return page.response();
    } catch (const std::exception& broken) {
        log::error("http.error_page_failed", {{"cause", broken.what()}, {"trace", request.context().trace}});
        return barePage(title, request.context().trace, status);
    }
}

void logError(const Request& request, const Error& error, int status) {
    const auto level = status >= 500 ? log::Level::Error : log::Level::Debug;
    log::write(level, "http.error",
               {{"code", error.code},
                {"kind", name(error.kind)},
                {"detail", error.detail},
                {"status", status},
                {"trace", request.context().trace}});
}

} // namespace

int statusOf(ErrorKind kind, bool isForm) {
    switch (kind) {
    case ErrorKind::Invalid:
        return isForm ? 422 : 400;
    case ErrorKind::Unauthenticated:
        return 401;
    case ErrorKind::Denied:
        return 403;
    case ErrorKind::NotFound:
        return 404;
    case ErrorKind::Conflict:
        return 409;
    case ErrorKind::Rejected:
        return 422;
    case ErrorKind::TooLarge:
        return 413;
    case ErrorKind::TooMany:
        return 429;
    case ErrorKind::Unavailable:
        return 503;
    case ErrorKind::Timeout:
        return 504;
    case ErrorKind::Internal:
        return 500;
    }
    return 500;
}

std::string sentenceOf(const Request& request, const Error& error) {
    const view::Words& words = request.theme().words(request.locale());
    const std::string otherwise = words.say(std::string{"error."} + name(error.kind));
    return words.sayOr("error." + error.code, otherwise, error.params);
}

std::string sentenceOf(const Request& request, const FieldError& error) {
    return request.say("error." + error.code, error.params);
}

Response errorResponse(Request& request, const Error& error, std::string_view signIn) {
    // A request that could not be read at all is bad whatever it carried; a form that was read breaks rules.
    const bool brokenRequest = error.code.starts_with("http.");
    const int status = statusOf(error.kind, request.isForm() && !brokenRequest);
    logError(request, error, status);
    Response response;
    if (request.wantsJson()) {
        response = problem(request, error, status);
        if (status == 401) response.header("WWW-Authenticate", "Bearer");
    } else if (error.kind == ErrorKind::Unauthenticated) {
        if (request.isSafe())
            return Response::seeOther(std::string{signIn} + "?back=" + percentEncode(request.target()));
        // What was typed into a page whose session ended goes along to the sign-in page (307 keeps the body).
        const bool typed = !request.sessionHash().empty() &&
                           request.header("Content-Type").starts_with("application/x-www-form-urlencoded");
        if (!typed) return Response::seeOther(signIn);
        response = Response::seeOther(std::string{signIn} + "/giu-lai?back=" + percentEncode(request.path()));
        response.status(307);
    } else {
        response = errorPage(request, error, status);
    }
    const auto wait = error.params.find("retry_after");
    if (wait != error.params.end()) {
        response.header("Retry-After", wait->second);
    } else if (status == 503) {
        response.header("Retry-After", "5");
    }
    return response;
}

} // namespace motcua::http
