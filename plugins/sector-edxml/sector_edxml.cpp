// The national document axis (trục liên thông văn bản quốc gia): signed edXML packages out and in, and the
// statuses that receivers tell.
#include "axis.h"
#include "edxml.h"
#include "xml_signature.h"

#include "motcua/sdk/job.h"
#include "motcua/sdk/sector.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

using namespace motcua::sdk;

namespace {

constexpr std::int64_t rememberedMs = 400LL * 24 * 3600 * 1000;
constexpr std::int64_t reserveMs = 12'000; // what one more message may take
constexpr std::size_t mostStatuses = 200;  // of one run
constexpr std::size_t mostPage = 50'000;   // bytes of what is kept of a page
constexpr const char* takenBefore = "taken";
constexpr const char* failedBefore = "failed";
constexpr int tries = 5; // to write what others write too

std::string hexOf(std::string_view bytes) {
    constexpr char letters[] = "0123456789abcdef";
    std::string out;
    for (const char c : bytes)
        (out += letters[static_cast<unsigned char>(c) >> 4]) += letters[static_cast<unsigned char>(c) & 15];
    return out;
}

std::string digestOf(const std::string& text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return hexOf({reinterpret_cast<const char*>(digest.data()), 24});
}

// A key of the plugin's store, the profile's own.
std::string keyFor(const Call& call, const char* kind, const std::string& name) {
    return std::string{kind} + "/" + digestOf(call.profile + "\n" + name);
}

std::string uuidOf(const std::string& text) { // the same for the same text
    const std::string hex = digestOf(text);
    return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-8" + hex.substr(13, 3) + "-a" + hex.substr(17, 3) +
           "-" + hex.substr(20, 12);
}

// "code = value" a line; "#" begins a remark.
std::map<std::string, std::string> tableOf(const std::string& text) {
    std::map<std::string, std::string> table;
    const auto trim = [](std::string part) {
        const std::size_t begin = part.find_first_not_of(" \t\r");
        return begin == std::string::npos ? std::string{}
                                          : part.substr(begin, part.find_last_not_of(" \t\r") - begin + 1);
    };
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::string line = text.substr(at, std::min(text.find('#', at), end) - at);
        const std::size_t equals = line.find('=');
        if (equals != std::string::npos) table[trim(line.substr(0, equals))] = trim(line.substr(equals + 1));
        at = end + 1;
    }
    return table;
}

edxml::Style styleOf(const Call& call) {
    const Json& config = call.config;
    return {config["attachments"].text("zip") == "zip",
            config["datePattern"].text("yyyy/MM/dd"),
            {config["agencyCode"].string(), config["agencyName"].string(), config["agencyAddress"].string(),
             config["agencyEmail"].string(), config["agencyPhone"].string()},
            tableOf(config["agencies"].string())};
}

} // namespace

class SectorEdxml final : public DocumentAxis, public JobRunner {
public:
    explicit SectorEdxml(const Host& host) : host_(host), axis_(host) {}

    // Signed and sent. Where the answer was lost it is sent again under the same DocumentId.
    Result<DocumentRef> send(const SendDocument& request, const Call& call) override {
        const AxisDocument& document = request.document;
        const edxml::Style style = styleOf(call);
        if (document.from != style.self.code)
            return invalid("sector.keys_invalid", "from is not this profile's agency");
        for (const Paper& paper : request.papers)
            if (paper.content.size() == 0) return invalid("sector.keys_invalid", "papers: an empty file");
        const std::string& given = call.idempotencyKey;
        const std::string once = given.empty() ? "" : keyFor(call, "once", given);
        if (!once.empty()) {
            MOTCUA_SDK_TRY(known, host_.kvGet(call, once));
            if (!known.value.empty()) return DocumentRef{known.value};
        }
        const std::string id = documentIdOf(document, call);
        MOTCUA_SDK_TRY(message, edxml::write({document, request.papers, id, host_.nowMs()}, style));
        MOTCUA_SDK_TRY(text, signedText(call, message));
        MOTCUA_SDK_TRY(sent, axis_.send(call, axis::documents, text));
        rememberSent(call, document, id, sent);
        if (!once.empty()) remember(call, once, sent);
        return DocumentRef{sent};
    }

    Result<DocumentDelivery> delivery(const DocumentRef& request, const Call& call) override {
        const std::string key = keyFor(call, "sent", request.id);
        MOTCUA_SDK_TRY(known, host_.kvGet(call, key));
        if (known.value.empty()) return notFound("sector.unknown", "no document that was sent from here");
        MOTCUA_SDK_TRY(taken, takeStatuses(call));
        static_cast<void>(taken);
        MOTCUA_SDK_TRY(now, host_.kvGet(call, key));
        const auto kept = Json::parse(now.value);
        if (!kept) return Error{Status::Internal, "plugin.store", "what was sent cannot be read"};
        DocumentDelivery delivery{request.id, {}};
        for (const Json& code : (*kept)["to"].items()) {
            const Json& state = (*kept)["states"][code.string()];
            ReceiverState receiver{code.string(), DocumentState::Sent, {}, {}};
            if (state.isObject())
                receiver = {code.string(), static_cast<DocumentState>(state["state"].integer()),
                            state["at"].integer(), state["detail"].string()};
            delivery.receivers.push_back(std::move(receiver));
        }
        return delivery;
    }

    // What stands before `after` is stored: its senders and the axis are told so. Whatever is not authentic
    // is left out and told to be failed; it does not keep the others from coming.
    Result<ReceivedDocuments> receive(const ReceiveDocuments& request, const Call& call) override {
        if (request.after.find_first_not_of("0123456789abcdef") != std::string::npos ||
            request.after.size() > 64)
            return invalid("sector.keys_invalid", "after");
        if (!request.after.empty()) MOTCUA_SDK_CHECK(acknowledge(call, request.after));
        MOTCUA_SDK_TRY(listed, pending(call, axis::documents));
        ReceivedDocuments reply;
        Json page = Json::array();
        const auto most = static_cast<std::size_t>(call.config["pageSize"].integer(20));
        for (const axis::Listed& one : listed) {
            if (reply.documents.size() >= most || page.dump().size() > mostPage) break;
            if (host_.remainingMs(call) < reserveMs) break;
            const auto text = axis_.get(call, one.id);
            const auto received = text ? opened(call, *text, one.from) : Result<Received>{text.error()};
            if (!received) {
                if (passedOver(call, one.id, received.error(), static_cast<bool>(text))) continue;
                if (reply.documents.empty()) return received.error();
                break;
            }
            const edxml::IncomingDocument& read = received->read;
            page.add(Json::object()
                         .set("id", one.id)
                         .set("from", read.document.from)
                         .set("documentId", read.documentId)
                         .set("code", edxml::codeOf(read.document.number, read.document.notation))
                         .set("date", read.document.date)
                         .set("at", host_.nowMs()));
            reply.documents.push_back(offered(one.id, *received));
        }
        reply.next = request.after;
        if (!reply.documents.empty()) {
            reply.next = hexOf(host_.random(16));
            const KvWrite put{keyFor(call, "page", reply.next), page.dump(), 0, host_.nowMs() + rememberedMs};
            MOTCUA_SDK_CHECK(host_.kvPut(call, put));
        }
        return reply;
    }

    // Fetched and judged anew: between two requests nothing of a document is kept.
    Result<FetchedPaper> paper(const PaperRef& request, const Call& call) override {
        const std::size_t dot = request.handle.find('.');
        std::size_t index = 0;
        const char* begin = request.handle.data();
        const auto read = std::from_chars(begin, begin + std::min(dot, request.handle.size()), index);
        if (dot == std::string::npos || read.ec != std::errc{} || read.ptr != begin + dot)
            return invalid("sector.keys_invalid", "handle");
        MOTCUA_SDK_TRY(text, axis_.get(call, request.handle.substr(dot + 1)));
        MOTCUA_SDK_TRY(received, opened(call, text, ""));
        if (index >= received.read.papers.size())
            return notFound("sector.unknown", "the document has no such paper");
        const edxml::Attachment& attachment = received.read.papers[index];
        MOTCUA_SDK_TRY(bytes, edxml::open(attachment, styleOf(call)));
        return FetchedPaper{{attachment.name, attachment.contentType, Blob{std::move(bytes)}}};
    }

    Result<JobReport> run(const DueJob& job, const Call& call) override {
        if (job.job != "statuses") return notFound("job.unknown", job.job);
        MOTCUA_SDK_TRY(taken, takeStatuses(call));
        return JobReport{taken.more, std::to_string(taken.count) + " statuses"};
    }

    // Key and certificate, then both lists: nothing is changed by them.
    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        const auto found = [&](const char* field, const Error& error) {
            checked.findings.push_back({field, error.code, error.detail});
        };
        const auto key = host_.secret(call, "signingKey");
        if (!key) {
            found("signingKey", key.error());
        } else {
            const auto pair = signature::checkPair(call.config["signingCertificate"].string(), *key);
            if (!pair)
                found("signingCertificate", pair.error());
            else
                checked.summary = pair->subject;
        }
        const auto trust = signature::checkTrusted(call.config["signerTrust"].string());
        if (!trust) found("signerTrust", trust.error());
        const auto listed = axis_.list(call, axis::documents);
        if (!listed) found(listed.error().status == Status::Denied ? "secretKey" : "url", listed.error());
        return checked;
    }

private:
    struct Received {
        xml::Document message{}; // holds the papers
        edxml::IncomingDocument read{};
        signature::Signer signer{};
    };
    struct Taken {
        std::size_t count = 0;
        bool more = false;
    };

    // As most systems of the axis name documents; ours where it has no number, or where the profile says so.
    std::string documentIdOf(const AxisDocument& document, const Call& call) const {
        const bool named = !document.number.empty() && !document.notation.empty() && !document.date.empty();
        if (named && call.config["documentId"].text("code") == "code") {
            std::string date = document.date;
            std::replace(date.begin(), date.end(), '-', '/');
            return document.from + "," + date + "," + edxml::codeOf(document.number, document.notation);
        }
        const std::string& key = call.idempotencyKey;
        return uuidOf(call.profile + "\n" + (key.empty() ? hexOf(host_.random(16)) : "key " + key));
    }

    // By the axis's id: where it went and how it stands; by ours: the axis's ids, for what answers it.
    void rememberSent(const Call& call, const AxisDocument& document, const std::string& id,
                      const std::string& sent) const {
        Json to = Json::array();
        for (const std::string& code : document.to)
            to.add(code);
        remember(call, keyFor(call, "sent", sent),
                 Json::object().set("to", to).set("states", Json::object()).dump());
        change(call, keyFor(call, "document", id), [&](const std::string& text) {
            Json ids = Json::parse(text).value_or(Json::array());
            return ids.items().size() < 200 ? ids.add(sent).dump() : text;
        });
    }

    Result<std::string> signedText(const Call& call, const xml::Document& message) const {
        MOTCUA_SDK_TRY(key, host_.secret(call, "signingKey"));
        MOTCUA_SDK_CHECK(signature::sign(message, edxml::headerOf(message),
                                         call.config["signingCertificate"].string(), key));
        std::string text = xml::dump(message);
        if (text.size() > edxml::mostBytes) return invalid("sector.keys_invalid", "papers: too big together");
        return text;
    }

    // A message whose signature is right and trusted, and by one who may sign for `agency` says it.
    Result<signature::Signer> judged(const Call& call, const xml::Document& message) const {
        const xmlNode* header = edxml::headerOf(message);
        if (!header) return unavailable("sector.unexpected", "no message of the axis");
        return signature::verify(message, header, call.config["signerTrust"].string(), host_.nowMs());
    }

    static Result<void> checkSender(const Call& call, const std::string& agency,
                                    const signature::Signer& signer) {
        const auto signers = tableOf(call.config["signers"].string());
        if (signers.empty()) return {};
        const auto found = signers.find(agency);
        if (found != signers.end() && !found->second.empty() &&
            (found->second == signer.name || found->second == signer.fingerprint))
            return {};
        return unavailable("sector.not_authentic", "the signer is not the sender's");
    }

    Result<Received> opened(const Call& call, const std::string& text, const std::string& handedInBy) const {
        Received received;
        received.message = xml::parse(text, edxml::mostBytes);
        if (!received.message) return unavailable("sector.unexpected", "the message is no XML that we take");
        MOTCUA_SDK_TRY(signer, judged(call, received.message));
        received.signer = std::move(signer);
        const edxml::Style style = styleOf(call);
        MOTCUA_SDK_TRY(read, edxml::readDocument(received.message, style));
        const AxisDocument& document = read.document;
        MOTCUA_SDK_CHECK(checkSender(call, document.from, received.signer));
        if (std::find(document.to.begin(), document.to.end(), style.self.code) == document.to.end())
            return unavailable("sector.not_authentic", "it is not for this agency");
        if (call.config["sameSender"].boolean(true) && !handedInBy.empty() && handedInBy != document.from)
            return unavailable("sector.not_authentic", "it was handed in by another than it says");
        received.read = std::move(read);
        return received;
    }

    static ReceivedDocument offered(const std::string& id, const Received& received) {
        ReceivedDocument document{id, received.read.document, received.signer.subject, {}};
        for (std::size_t i = 0; i < received.read.papers.size(); ++i)
            document.papers.push_back({received.read.papers[i].name, {}, std::to_string(i) + "." + id});
        return document;
    }

    // What waits for us, and was not stored already: the oldest first, and behind them what failed before, so
    // that it keeps nothing back.
    Result<std::vector<axis::Listed>> pending(const Call& call, const char* kind) const {
        MOTCUA_SDK_TRY(listed, axis_.list(call, kind));
        std::vector<axis::Listed> fresh, again;
        for (axis::Listed& one : listed) {
            MOTCUA_SDK_TRY(known, host_.kvGet(call, keyFor(call, "message", one.id)));
            if (known.value.empty())
                fresh.push_back(std::move(one));
            else if (known.value == failedBefore)
                again.push_back(std::move(one));
        }
        std::move(again.begin(), again.end(), std::back_inserter(fresh));
        return fresh;
    }

    void mark(const Call& call, const std::string& id, const char* word) const {
        remember(call, keyFor(call, "message", id), word);
    }

    // Whether the fault is this one message's alone. It is logged without a word of its content; where it
    // came as it was sent (`whole`), the axis is told that it failed.
    bool passedOver(const Call& call, const std::string& id, const Error& error, bool whole) const {
        if (error.code != "sector.not_authentic" && error.code != "sector.unexpected" &&
            error.code != "sector.unknown")
            return false;
        host_.log(call, LogLevel::Warning, "sector.message_refused",
                  {{"id", id}, {"code", error.code}, {"why", error.detail}});
        mark(call, id, failedBefore);
        const auto told = whole ? axis_.tell(call, id, axis::failed) : Result<void>{};
        if (!told) host_.log(call, LogLevel::Warning, "sector.not_told", {{"code", told.error().code}});
        return true;
    }

    // Tells senders that their documents have arrived (status 01) and the axis that it is done with them.
    Result<void> acknowledge(const Call& call, const std::string& token) const {
        MOTCUA_SDK_TRY(kept, host_.kvGet(call, keyFor(call, "page", token)));
        const auto page = Json::parse(kept.value);
        if (!page) return {}; // told long ago
        for (const Json& one : page->items()) {
            const std::string id = one["id"].string();
            MOTCUA_SDK_TRY(known, host_.kvGet(call, keyFor(call, "message", id)));
            if (known.value == takenBefore) continue;
            if (call.config["acknowledge"].boolean(true)) MOTCUA_SDK_CHECK(tellArrival(call, one));
            auto told = axis_.tell(call, id, axis::done);
            if (!told && told.error().status != Status::Rejected && told.error().status != Status::NotFound)
                return told.error();
            mark(call, id, takenBefore);
        }
        static_cast<void>(host_.kvPut(call, {keyFor(call, "page", token), "", kept.version, {}}));
        return {};
    }

    // A sender that does not take it ends nothing; told again after a lost answer it is the same message.
    Result<void> tellArrival(const Call& call, const Json& one) const {
        const edxml::Style style = styleOf(call);
        edxml::Status status;
        status.from = style.self.code;
        status.to = one["from"].string();
        status.documentId = one["documentId"].string();
        status.code = one["code"].string();
        status.date = one["date"].string();
        status.state = DocumentState::Arrived;
        status.at = one["at"].integer();
        MOTCUA_SDK_TRY(message, edxml::write(status, style));
        MOTCUA_SDK_TRY(text, signedText(call, message));
        const auto sent = axis_.send(call, axis::statuses, text);
        if (sent || sent.error().status == Status::Rejected) return {};
        return sent.error();
    }

    Result<Taken> takeStatuses(const Call& call) const {
        MOTCUA_SDK_TRY(listed, pending(call, axis::statuses));
        Taken taken;
        for (const axis::Listed& one : listed) {
            if (taken.count == mostStatuses || host_.remainingMs(call) < reserveMs) {
                taken.more = taken.count > 0;
                break;
            }
            const auto text = axis_.get(call, one.id);
            const auto done = text ? takeStatus(call, one, *text) : Result<void>{text.error()};
            if (done)
                ++taken.count;
            else if (!passedOver(call, one.id, done.error(), static_cast<bool>(text)))
                return done.error();
        }
        return taken;
    }

    Result<void> takeStatus(const Call& call, const axis::Listed& listed, const std::string& text) const {
        const xml::Document message = xml::parse(text, edxml::mostBytes);
        if (!message) return unavailable("sector.unexpected", "the message is no XML that we take");
        MOTCUA_SDK_TRY(signer, judged(call, message));
        const edxml::Style style = styleOf(call);
        MOTCUA_SDK_TRY(status, edxml::readStatus(message, style));
        MOTCUA_SDK_CHECK(checkSender(call, status.from, signer));
        if (status.to != style.self.code)
            return unavailable("sector.not_authentic", "it is not for this agency");
        if (call.config["sameSender"].boolean(true) && !listed.from.empty() && listed.from != status.from)
            return unavailable("sector.not_authentic", "it was handed in by another than it says");
        MOTCUA_SDK_TRY(id, answeredBy(call, status));
        const ReceiverState state{status.from, status.state, status.at, status.words};
        const std::string key = digestOf(id) + " " + status.from + " " +
                                std::to_string(static_cast<int>(status.state)) + " " +
                                std::to_string(status.at);
        MOTCUA_SDK_CHECK(host_.post<event::SectorDelivery>(call, key, DocumentDelivery{id, {state}}));
        change(call, keyFor(call, "sent", id), [&](const std::string& kept) { return moved(kept, state); });
        return axis_.tell(call, listed.id, axis::done);
    }

    // The latest of each receiver: statuses may come out of order.
    static std::string moved(const std::string& text, const ReceiverState& state) {
        Json kept = Json::parse(text).value_or(Json::object());
        Json states = kept["states"];
        const Json& before = states[state.agencyCode];
        if (before.isObject() && before["at"].integer() > state.at.value_or(0)) return text;
        states.set(state.agencyCode, Json::object()
                                         .set("state", static_cast<int>(state.state))
                                         .set("at", state.at.value_or(0))
                                         .set("detail", state.detail));
        return kept.set("states", states).dump();
    }

    // The axis's id of our document that a status answers: the last one that went to who tells it.
    Result<std::string> answeredBy(const Call& call, const edxml::Status& status) const {
        MOTCUA_SDK_TRY(known, host_.kvGet(call, keyFor(call, "document", status.documentId)));
        const auto ids = Json::parse(known.value);
        const Json::Array all = ids ? ids->items() : Json::Array{};
        for (auto id = all.rbegin(); id != all.rend(); ++id) {
            MOTCUA_SDK_TRY(sent, host_.kvGet(call, keyFor(call, "sent", id->string())));
            const auto kept = Json::parse(sent.value);
            if (!kept) continue;
            for (const Json& code : (*kept)["to"].items())
                if (code.string() == status.from) return id->string();
        }
        return unavailable("sector.not_authentic", "it answers no document that went to its sender");
    }

    // `change`: what is kept, from what was.
    template <typename Change>
    void change(const Call& call, const std::string& key, const Change& change) const {
        for (int i = 0; i < tries; ++i) {
            const auto known = host_.kvGet(call, key);
            if (!known) break;
            if (host_.kvPut(call, {key, change(known->value), known->version, host_.nowMs() + rememberedMs}))
                return;
        }
        host_.log(call, LogLevel::Warning, "sector.not_remembered");
    }
    void remember(const Call& call, const std::string& key, const std::string& value) const {
        change(call, key, [&](const std::string&) { return value; });
    }

    Host host_;
    axis::Axis axis_;
};

MOTCUA_PLUGIN(SectorEdxml)
