#include "messaging/messaging_service.h"

#include <algorithm>
#include <array>

namespace motcua::messaging {

namespace {

constexpr const char* kSend = "message.send";

// What the process calls a happening, and the notice of the package that tells of it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> notices{
    {{"submitted", "submitted"},
     {"accepted", "accepted"},
     {"supplement_requested", "supplement_requested"},
     {"rejected", "refused"},
     {"refused", "refused"},
     {"result_issued", "approved"}}};

std::string_view noticeOf(std::string_view kind) {
    const auto found =
        std::find_if(notices.begin(), notices.end(), [&](const auto& pair) { return pair.first == kind; });
    return found == notices.end() ? std::string_view{} : found->second;
}

} // namespace

void MessagingService::queue(db::Writer& tx, const std::string& subject, Json payload) const {
    rooms_.outbox.add(tx, kSend, subject, payload);
}

void MessagingService::queueAccountMail(db::Writer& tx, const std::string& account, const std::string& email,
                                        const std::string& name, const char* words,
                                        const std::string& path) const {
    queue(tx, account,
          Json::object()
              .set("words", words)
              .set("email", email)
              .set("name", name)
              .set("link", rooms_.origin + path));
}

void MessagingService::subscribe(identity::IdentityEvents& identity, dossier::Events& dossiers) {
    identity.confirmationNeeded.subscribe(
        [this](db::Writer& tx, const Context&, const identity::ConfirmationNeeded& happened) {
            queueAccountMail(tx, happened.accountId, happened.email, happened.fullName, "mail.confirm",
                             "/xac-nhan/" + happened.link);
        });
    identity.alreadyRegistered.subscribe(
        [this](db::Writer& tx, const Context&, const identity::AlreadyRegistered& happened) {
            queueAccountMail(tx, happened.accountId, happened.email, happened.fullName, "mail.already",
                             "/quen-mat-khau");
        });
    identity.passwordResetAsked.subscribe(
        [this](db::Writer& tx, const Context&, const identity::PasswordResetAsked& happened) {
            queueAccountMail(tx, happened.accountId, happened.email, happened.fullName, "mail.reset",
                             "/quen-mat-khau/" + happened.link);
        });
    dossiers.happened.subscribe([this](db::Writer& tx, const Context&, const dossier::Happened& happened) {
        const std::string_view notice = noticeOf(happened.kind);
        if (notice.empty()) return;
        queue(tx, happened.dossier.id,
              Json::object()
                  .set("notice", notice)
                  .set("dossier", happened.dossier.id)
                  .set("reason", happened.note));
    });
}

void MessagingService::handleIn(jobs::Runner& runner) {
    runner.handle(kSend, [this](const Context& context, const jobs::OutboxItem& item) {
        return carryOut(context, item);
    });
}

MessagingService::Letter MessagingService::accountLetter(const Json& payload) const {
    const auto theme = rooms_.themes.current();
    const view::Words& words = theme->words("vi");
    const std::string key = payload["words"].string();
    const view::Params params{{"name", payload["name"].string()}, {"link", payload["link"].string()}};
    return {payload["email"].string(), payload["name"].string(), words.say(key + "_subject", params),
            words.say(key + "_text", params)};
}

Result<MessagingService::Letter> MessagingService::dossierLetter(const Context& context,
                                                                 const Json& payload) {
    MOTCUA_TRY(dossier, rooms_.dossiers.find(context, payload["dossier"].string()));
    MOTCUA_TRY(package, rooms_.dossiers.package(context, dossier));
    MOTCUA_TRY(owner, rooms_.identity.account(context, dossier.owner));
    const auto tree = rooms_.agencies.tree(context);
    const agency::Agency* agency = tree->find(dossier.agency);
    Json data = Json::object();
    data.set("applicant", owner.fullName)
        .set("procedure", dossier.procedureName)
        .set("submission", dossier.number);
    data.set("code", dossier.code).set("agency", agency ? agency->label("vi") : "");
    data.set("due", dossier.dueAt ? vietnameseMoment(*dossier.dueAt) : "")
        .set("link", rooms_.origin + "/ho-so/" + dossier.id);
    data.set("reason", payload["reason"].string());
    MOTCUA_TRY(notice, package->notices.make(payload["notice"].string(), "vi", data));
    return Letter{owner.email, owner.fullName, notice.subject, notice.text};
}

Result<void> MessagingService::carryOut(const Context& context, const jobs::OutboxItem& item) {
    const auto profiles = client_.profiles();
    if (profiles.empty())
        return unavailable("messaging.no_plugin", "no message plugin is switched on and configured");
    Letter letter;
    if (item.payload.has("words")) {
        letter = accountLetter(item.payload);
    } else {
        MOTCUA_TRY(made, dossierLetter(context, item.payload));
        letter = std::move(made);
    }
    sdk::Message message;
    message.kind = sdk::MessageKind::Email;
    message.to.push_back({letter.address, letter.name});
    message.subject = letter.subject;
    message.text = letter.text;
    MOTCUA_CHECK(client_.send(context, profiles.front().text(), message, {item.id, item.attempts}));
    return {};
}

} // namespace motcua::messaging
