#include "messaging/messaging_service.h"

#include "base/log.h"
#include "base/text.h"
#include "messaging/messaging_repository.h"

#include <algorithm>
#include <array>

namespace motcua::messaging {

namespace {

constexpr const char* kSend = "message.send";

// An agency that was asked has not answered in time: the lead agency tells the head of the one-stop office
// (Decree 61/2018/NĐ-CP, article 19.5).
constexpr std::string_view kLate = "step_late";

// What the process calls a happening, and the notice of the package that tells of it.
constexpr std::array<std::pair<std::string_view, std::string_view>, 8> notices{
    {{"submitted", "submitted"},
     {"accepted", "accepted"},
     {"supplement_requested", "supplement_requested"},
     {"rejected", "refused"},
     {"refused", "refused"},
     {"result_issued", "approved"},
     {"returned", "returned"},
     {"paid", "payment"}}};

std::string_view noticeOf(std::string_view kind) {
    const auto found =
        std::find_if(notices.begin(), notices.end(), [&](const auto& pair) { return pair.first == kind; });
    return found == notices.end() ? std::string_view{} : found->second;
}

// What an official wrote, a point a line, as the list of a letter.
Json itemsOf(const std::string& note) {
    Json items = Json::array();
    for (std::size_t begin = 0; begin < note.size();) {
        const std::size_t end = std::min(note.find('\n', begin), note.size());
        std::string line = text::trim(std::string_view{note}.substr(begin, end - begin));
        if (line.starts_with("- ")) line.erase(0, 2);
        if (!line.empty()) items.add(Json::object().set("text", std::move(line)));
        begin = end + 1;
    }
    return items;
}

// "evil.example": readers of mail make a link of it.
bool namesSite(std::string_view line) {
    for (std::size_t i = 0; i + 1 < line.size(); ++i)
        if (line[i] == '.' && line[i + 1] != ' ' && line[i + 1] != '.') return true;
    return false;
}

// A name as a letter says it. Whoever registers somebody else's address would have us send his own words
// there: what looks like an address to visit is no name.
std::string addressee(const std::string& name, const std::string& address) {
    constexpr std::size_t longest = 100; // characters
    std::string line;
    for (const char c : name)
        line += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
    line = text::shorten(text::trim(line), longest);
    const bool led = line.find_first_of("/\\@:<>") != std::string::npos ||
                     text::fold(line).find("www") != std::string::npos || namesSite(line);
    return led || line.empty() ? address : line;
}

} // namespace

void MessagingService::queue(db::Writer& tx, const std::string& subject, Json payload) const {
    rooms_.outbox.add(tx, kSend, subject, payload);
}

void MessagingService::queueAccountMail(db::Writer& tx, const std::string& account, const std::string& email,
                                        const std::string& name, const char* words, const std::string& path,
                                        const std::string& locale) const {
    queue(tx, account,
          Json::object()
              .set("words", words)
              .set("email", email)
              .set("name", name)
              .set("locale", locale)
              .set("link", rooms_.origin + path));
}

void MessagingService::queueForHeads(db::Writer& tx, const dossier::Dossier& dossier) const {
    for (const std::string& head : rooms_.identity.withRole(tx, dossier.agency, "leader"))
        queue(tx, head,
              Json::object()
                  .set("words", "mail.step_late")
                  .set("account", head)
                  .set("code", dossier.code.empty() ? dossier.number : dossier.code)
                  .set("link", rooms_.origin + "/cong-viec/" + dossier.id));
}

void MessagingService::subscribe(identity::IdentityEvents& identity, dossier::Events& dossiers) {
    identity.confirmationNeeded.subscribe(
        [this](db::Writer& tx, const Context& context, const identity::ConfirmationNeeded& happened) {
            putLanguage(tx, happened.accountId, context.locale);
            queueAccountMail(tx, happened.accountId, happened.email, happened.fullName, "mail.confirm",
                             "/xac-nhan/" + happened.link, context.locale);
        });
    identity.alreadyRegistered.subscribe(
        [this](db::Writer& tx, const Context&, const identity::AlreadyRegistered& happened) {
            queueAccountMail(tx, happened.accountId, happened.email, happened.fullName, "mail.already",
                             "/quen-mat-khau", languageOf(tx, happened.accountId));
        });
    identity.passwordResetAsked.subscribe(
        [this](db::Writer& tx, const Context& context, const identity::PasswordResetAsked& happened) {
            queueAccountMail(tx, happened.accountId, happened.email, happened.fullName, "mail.reset",
                             "/quen-mat-khau/" + happened.link, context.locale);
        });
    dossiers.happened.subscribe(
        [this](db::Writer& tx, const Context& context, const dossier::Happened& happened) {
            const bool owned = !happened.dossier.owner.empty();
            if (owned && context.actor.id == happened.dossier.owner)
                putLanguage(tx, context.actor.id, context.locale);
            if (happened.kind == kLate) queueForHeads(tx, happened.dossier);
            const std::string_view notice = noticeOf(happened.kind);
            if (notice.empty()) return;
            if (happened.dossier.inPerson()) {
                // Filed and accepted are one and the same at the counter, and not everybody has an address.
                if (notice == "submitted") return;
                const auto came = rooms_.dossiers.cameInPerson(tx, happened.dossier.id);
                if (!owned && (!came || came->email.empty())) return;
            }
            queue(tx, happened.dossier.id,
                  Json::object()
                      .set("notice", notice)
                      .set("dossier", happened.dossier.id)
                      .set("reason", happened.note));
        });
    identity.invited.subscribe([this](db::Writer& tx, const Context&, const identity::Invited& happened) {
        queueAccountMail(tx, happened.accountId, happened.email, happened.fullName, "mail.invite",
                         "/quen-mat-khau/" + happened.link, languageOf(tx, happened.accountId));
    });
}

void MessagingService::handleIn(jobs::Runner& runner) {
    runner.handle(kSend, [this](const Context& context, const jobs::OutboxItem& item) {
        return carryOut(context, item);
    });
}

Result<std::optional<MessagingService::Letter>> MessagingService::letterOf(const Context& context,
                                                                           const Json& payload) {
    const auto nobody = [](const Error& error) -> Result<std::optional<Letter>> {
        if (error.kind == ErrorKind::NotFound) return std::optional<Letter>{};
        return error;
    };
    Result<Letter> letter = Letter{};
    if (payload.has("notice")) {
        const auto dossier = rooms_.dossiers.find(context, payload["dossier"].string());
        if (!dossier) return nobody(dossier.error());
        const auto reader = readerOf(context, *dossier);
        if (!reader) return nobody(reader.error());
        letter = dossierLetter(context, payload, *dossier, *reader);
    } else {
        std::optional<identity::Account> account;
        if (const std::string& id = payload["account"].string(); !id.empty()) {
            auto found = rooms_.identity.account(context, id);
            if (!found) return nobody(found.error());
            account = std::move(*found);
        }
        letter = accountLetter(context, payload, account);
    }
    if (!letter) return letter.error();
    if (letter->address.empty()) return std::optional<Letter>{};
    return std::optional<Letter>{std::move(*letter)};
}

Result<MessagingService::Letter>
MessagingService::accountLetter(const Context& context, const Json& payload,
                                const std::optional<identity::Account>& account) {
    const auto theme = rooms_.themes.current();
    std::string locale = payload["locale"].string();
    if (account)
        locale = rooms_.database.read(context, [&](db::Reader& tx) { return languageOf(tx, account->id); });
    const view::Words& words = theme->words(locale);
    const std::string key = payload["words"].string();
    Letter letter{account ? account->email : payload["email"].string(), {}, {}, {}};
    letter.name = addressee(account ? account->fullName : payload["name"].string(), letter.address);
    const view::Params params{
        {"name", letter.name}, {"link", payload["link"].string()}, {"code", payload["code"].string()}};
    letter.subject = words.say(key + "_subject", params);
    letter.text = words.say(key + "_text", params);
    return letter;
}

// The owner; without one, who came in person.
Result<MessagingService::Letter> MessagingService::readerOf(const Context& context,
                                                            const dossier::Dossier& dossier) {
    if (!dossier.owner.empty()) {
        MOTCUA_TRY(owner, rooms_.identity.account(context, dossier.owner));
        return Letter{owner.email, addressee(owner.fullName, owner.email), {}, {}};
    }
    const auto came = rooms_.database.read(
        context, [&](db::Reader& tx) { return rooms_.dossiers.cameInPerson(tx, dossier.id); });
    if (!came || came->email.empty()) return notFound("messaging.no_address");
    return Letter{came->email, addressee(came->name, came->email), {}, {}};
}

Result<MessagingService::Letter> MessagingService::dossierLetter(const Context& context, const Json& payload,
                                                                 const dossier::Dossier& dossier,
                                                                 const Letter& reader) {
    MOTCUA_TRY(package, rooms_.dossiers.package(context, dossier));
    const std::string page =
        rooms_.origin + (dossier.owner.empty() ? "/tra-cuu?code=" + dossier.code : "/ho-so/" + dossier.id);
    const auto tree = rooms_.agencies.tree(context);
    const agency::Agency* agency = tree->find(dossier.agency);
    const std::string locale =
        rooms_.database.read(context, [&](db::Reader& tx) { return languageOf(tx, dossier.owner); });
    Json data = Json::object();
    data.set("applicant", reader.name)
        .set("procedure", dossier.procedureName)
        .set("submission", dossier.number);
    data.set("code", dossier.code).set("agency", agency ? agency->label(locale) : "");
    data.set("due", dossier.dueAt ? vietnameseMoment(*dossier.dueAt) : "").set("link", page);
    data.set("hotline", rooms_.hotline).set("rate", dossier.owner.empty() ? page : page + "/danh-gia");
    if (dossier.feePaidAt)
        data.set("amount", format(dossier.fee)).set("paid_at", vietnameseMoment(*dossier.feePaidAt));
    const std::string& event = payload["notice"].string();
    const std::string& note = payload["reason"].string();
    // What is asked for is a list of things to do; anything else that was written is a reason.
    if (event == "supplement_requested")
        data.set("items", itemsOf(note));
    else
        data.set("reason", note);
    MOTCUA_TRY(notice, package->notices.make(event, locale, data));
    return Letter{reader.address, reader.name, notice.subject, notice.text};
}

Result<void> MessagingService::carryOut(const Context& context, const jobs::OutboxItem& item) {
    if (!rooms_.post.isOpen())
        return unavailable("messaging.no_plugin", "no message plugin is switched on and configured");
    MOTCUA_TRY(letter, letterOf(context, item.payload));
    if (!letter) {
        log::info("messaging.nobody_to_tell", {{"item", item.id}, {"trace", context.trace}});
        return {};
    }
    sdk::Message message;
    message.kind = sdk::MessageKind::Email;
    message.to.push_back({letter->address, letter->name});
    message.subject = letter->subject;
    message.text = letter->text;
    return rooms_.post.send(context, message, {item.id, item.attempts});
}

} // namespace motcua::messaging
