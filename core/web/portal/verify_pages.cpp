#include "web/portal/verify_pages.h"

#include "http/errors.h"
#include "signing/pdf_date.h"
#include "web/paths.h"

namespace motcua::web {

namespace {

constexpr http::Rate kRate{20, std::chrono::minutes{1}};
constexpr std::size_t kMostMegabytes = 20;

void addRow(view::Model& verdict, std::string label, std::string value) {
    if (value.empty()) return;
    verdict.add("rows").set("label", std::move(label)).set("value", std::move(value));
}

void addTimestamp(const http::Page& page, view::Model& verdict, const signing::SignatureReport& report) {
    if (report.provedAt)
        addRow(verdict, page.say("verify.timestamp"),
               page.say("verify.timestamp_text", {{"time", signing::signatureMoment(*report.provedAt)},
                                                  {"authority", report.timeAuthority}}));
    if (report.standing != signing::Standing::Good)
        addRow(verdict, page.say("verify.timestamp"), page.say("verify.why." + report.code));
}

void addSignature(const http::Page& page, view::Model& verdict, const signing::SignatureReport& report) {
    if (report.isTimestamp) return addTimestamp(page, verdict, report);
    const signing::CmsReport& by = report.certificate;
    addRow(verdict, page.say("verify.signer"), by.signer);
    addRow(verdict, page.say("verify.agency"), by.organisation);
    if (report.claimedAt)
        addRow(verdict, page.say("verify.time"),
               page.say("verify.time_claimed", {{"time", signing::signatureMoment(*report.claimedAt)}}));
    if (report.provedAt)
        addRow(verdict, page.say("verify.proved"),
               page.say("verify.proved_text", {{"time", signing::signatureMoment(*report.provedAt)},
                                               {"authority", report.timeAuthority}}));
    if (by.validTo)
        addRow(verdict, page.say("verify.certificate"),
               page.say("verify.certificate_text",
                        {{"issuer", by.issuer}, {"until", civilDay(*by.validTo).vietnamese()}}));
    addRow(verdict, page.say("verify.state"), page.say("verify.why." + report.code));
}

// The verdict in plain words, the same for a file and for a code.
view::Model& fillVerdict(http::Page& page, const signing::Verdict& verdict) {
    view::Model& shown = page.model().object("verdict");
    shown.set(verdict.standing == signing::Standing::Good      ? view::Key{"good"}
              : verdict.standing == signing::Standing::Changed ? view::Key{"changed"}
                                                               : view::Key{"unknown"},
              true);
    shown.set("text", page.say("verify.why." + verdict.code));
    return shown;
}

} // namespace

void VerifyPages::mount(http::Router& router) {
    router.get(paths::kVerify, [this](http::Request& request) { return asked(request); }).limit(kRate);
    router.post(paths::kVerify, [this](http::Request& request) { return uploaded(request); })
        .limit(kRate)
        .bodyLimit((kMostMegabytes << 20) + 65536);
}

http::Page VerifyPages::page(http::Request& request, const Error* error) {
    http::Page page{request, "verify_result"};
    page.title(page.say("verify.title"))
        .form()
        .set("lead", page.say("verify.lead"))
        .set("action", paths::kVerify);
    view::Model& file = page.model().add("controls");
    file.set("is_file", true).set("id", "file").set("name", "file").set("label", page.say("verify.file"));
    file.set("accept", ".pdf,application/pdf");
    file.set("hint", page.say("verify.file_hint", {{"size", std::to_string(kMostMegabytes)}}));
    if (error && !error->fields.empty()) file.set("error", http::sentenceOf(request, error->fields.front()));
    page.model().add("buttons").set("text", page.say("verify.button"));
    view::Model& code = page.model().object("by_code");
    view::Model& box = code.add("controls");
    box.set("is_text", true).set("id", "code").set("name", "code").set("label", page.say("verify.code"));
    box.set("hint", page.say("verify.code_hint")).set("width", "20").set("autocomplete", "off");
    box.setUnlessEmpty("value", std::string{request.query("code")});
    code.add("buttons").set("text", page.say("verify.code_button")).set("secondary", true);
    if (error) page.errors(*error);
    return page;
}

Result<http::Response> VerifyPages::asked(http::Request& request) {
    http::Page shown = page(request);
    const std::string_view code = request.query("code");
    if (code.empty()) return shown.response();
    const auto found = papers_.check(request.context(), code);
    if (!found && found.error().kind != ErrorKind::NotFound) return found.error();
    if (!found) {
        view::Model& verdict = shown.model().object("verdict");
        verdict.set("unknown", true).set("text", shown.say("verify.no_such_code"));
        shown.status(404);
        return shown.response();
    }
    view::Model& verdict = fillVerdict(
        shown, found->madeAt ? found->verdict : signing::Verdict{signing::Standing::Unknown, "not_made", {}});
    addRow(verdict, shown.say("verify.paper"), shown.say("document." + found->kind));
    addRow(verdict, shown.say("verify.number"), found->number);
    const auto tree = agencies_.tree(request.context());
    if (const agency::Agency* agency = tree->find(found->agency))
        addRow(verdict, shown.say("verify.issued_by"), agency->label(request.locale()));
    for (const signing::SignatureReport& report : found->verdict.signatures)
        addSignature(shown, verdict, report);
    return shown.response();
}

// The bytes live as long as the request does, and nowhere else.
Result<http::Response> VerifyPages::uploaded(http::Request& request) {
    const http::Upload* upload = request.form().upload("file");
    const std::size_t size = upload ? upload->content->size() : 0;
    if (size == 0 || size > kMostMegabytes << 20) {
        const Error missing =
            size == 0 ? invalidField("file", "verify.no_file")
                      : invalidField("file", "verify.too_large", {{"size", std::to_string(kMostMegabytes)}});
        return page(request, &missing).response();
    }
    const std::string bytes = upload->content->read(0, size);
    const signing::Verdict verdict = papers_.judge(bytes);
    http::Page shown = page(request);
    view::Model& told = fillVerdict(shown, verdict);
    for (const signing::SignatureReport& report : verdict.signatures)
        addSignature(shown, told, report);
    return shown.response();
}

} // namespace motcua::web
