// Specialised systems that speak JSON over HTTP, each by its connector: no code for a new one.
#include "inbound.h"
#include "system.h"

#include "builtin.h"

#include "motcua/sdk/sector.h"
#include "motcua/sdk/webhook.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>

using namespace motcua::sdk;
using namespace connector;

namespace {

constexpr std::size_t mostRecords = 500;
constexpr std::int64_t rememberedMs = 90LL * 24 * 3600 * 1000;
constexpr std::int64_t lastPage = 1'000'000;

Error notConfigured(const std::string& what) {
    return invalid("sector.not_configured", what);
}

Result<Connector> connectorOf(const Call& call) {
    const std::string name = call.config["connector"].text("own");
    if (name == "own") return parseConnector(call.config["description"].string());
    const auto found = builtin().find(name);
    if (found == builtin().end()) return invalid("plugin.misconfigured", "no such connector");
    return parseConnector(found->second);
}

template <typename T>
Source sourceOf(const T& request) {
    Source source;
    source.data = Writer{source.blobs}.json(request);
    return source;
}

Result<void> checkKeys(const Query& query, const std::map<std::string, std::string>& given) {
    const auto wrong = [](const std::string& name) { return invalid("sector.keys_invalid", name); };
    for (const auto& [name, value] : given) {
        const auto found = query.keys.find(name);
        if (found == query.keys.end()) return wrong(name);
        if (value.size() > found->second.maxLength) return wrong(name);
        for (const char c : value) {
            if (static_cast<unsigned char>(c) < 0x20) return wrong(name);
            if (found->second.digits && (c < '0' || c > '9')) return wrong(name);
        }
    }
    for (const auto& [name, key] : query.keys) {
        const auto found = given.find(name);
        if (key.required && (found == given.end() || found->second.empty())) return wrong(name);
    }
    return {};
}

// What {page} stands for: by number, or the cursor that the other side gave.
Result<Json> pageOf(const Query& query, const std::string& asked) {
    if (!query.paging) return asked.empty() ? Result<Json>{Json{}} : invalid("sector.keys_invalid", "page");
    if (!query.paging->next.empty()) return asked.empty() ? Json{} : Json{asked};
    if (asked.empty()) return Json{query.paging->first};
    std::int64_t page = 0;
    const auto read = std::from_chars(asked.data(), asked.data() + asked.size(), page);
    if (read.ec != std::errc{} || read.ptr != asked.data() + asked.size() || page < 0 || page > lastPage)
        return invalid("sector.keys_invalid", "page");
    return Json{page};
}

Result<std::string> nextOf(const Query& query, const Json& answer, const Json& page, std::size_t count) {
    if (!query.paging) return std::string{};
    if (query.paging->next.empty())
        return count < query.paging->size ? std::string{}
                                          : std::to_string(page.integer() + query.paging->step);
    const Json& next = at(answer, query.paging->next);
    if (next.isNull()) return std::string{};
    const std::string cursor = next.isInteger() ? next.dump() : next.string();
    if ((!next.isString() && !next.isInteger()) || cursor.size() > 500)
        return unavailable("sector.unexpected", "the cursor of the next page");
    if (!cursor.empty() && Json{cursor} == page)
        return unavailable("sector.unexpected", "the next page is this one");
    return cursor;
}

std::string lastSegment(std::string path) {
    path = path.substr(0, path.find_first_of("?#"));
    return path.substr(path.rfind('/') + 1);
}

std::string fileName(std::string name) {
    for (char& c : name)
        if (static_cast<unsigned char>(c) < 0x20 || c == '/' || c == '\\') c = '_';
    if (name.empty() || name.size() > 255 || name == "." || name == "..") return "file";
    return name;
}

std::string mediaType(const HttpResponse& answer) {
    const auto found = answer.headers.find("content-type");
    std::string type = found == answer.headers.end() ? "" : found->second.substr(0, found->second.find(';'));
    const bool plain = std::all_of(type.begin(), type.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    return type.empty() || type.size() > 127 || !plain ? "application/octet-stream" : type;
}

} // namespace

class SectorRest final : public SectorSystem, public WebhookReceiver {
public:
    explicit SectorRest(const Host& host) : host_(host), system_(host) {}

    Result<LookupReply> lookup(const LookupRequest& request, const Call& call) override {
        MOTCUA_SDK_TRY(connector, connectorOf(call));
        const auto found = connector.queries.find(request.query);
        if (found == connector.queries.end()) return notConfigured("query " + request.query);
        const Query& query = found->second;
        MOTCUA_SDK_CHECK(checkKeys(query, request.keys));
        MOTCUA_SDK_TRY(page, pageOf(query, request.page));
        Source source = sourceOf(request);
        source.data.set("page", page);
        MOTCUA_SDK_TRY(answered, system_.ask(call, connector, query.request, source));
        if (answered.meaning == Meaning::None || answered.meaning == Meaning::Unknown) return LookupReply{};
        if (answered.meaning != Meaning::Ok) return errorOf(answered);
        return recordsOf(query, answered.json, page);
    }

    // Sent again only while nobody knows that the other side has it: what it answered is remembered.
    Result<SectorAnswer> handOver(const SectorDossier& request, const Call& call) override {
        MOTCUA_SDK_TRY(connector, connectorOf(call));
        if (!connector.handOver) return notConfigured("hand-over");
        return once(call, "hand-over/" + request.code, connector, *connector.handOver, sourceOf(request));
    }

    Result<SectorAnswer> update(const SectorChange& request, const Call& call) override {
        MOTCUA_SDK_TRY(connector, connectorOf(call));
        const auto found = connector.updates.find(request.change);
        if (found == connector.updates.end()) return notConfigured("update " + request.change);
        const std::string key = call.idempotencyKey.empty() ? "" : "update/" + call.idempotencyKey;
        return once(call, key, connector, found->second, sourceOf(request));
    }

    Result<SectorProgress> state(const SectorRef& request, const Call& call) override {
        MOTCUA_SDK_TRY(connector, connectorOf(call));
        if (!connector.state) return notConfigured("state");
        MOTCUA_SDK_TRY(answered, system_.ask(call, connector, connector.state->request, sourceOf(request)));
        if (answered.meaning != Meaning::Ok) return errorOf(answered);
        return progressOf(connector, connector.state->progress, {answered.json, {}}, request.code);
    }

    Result<FetchedPaper> paper(const PaperRef& request, const Call& call) override {
        MOTCUA_SDK_TRY(connector, connectorOf(call));
        if (!connector.paper) return notConfigured("paper");
        return connector.paper->direct ? linked(request.handle, call) : asked(connector, request, call);
    }

    Result<WebhookNotice> verify(const WebhookRequest& request, const Call& call) override {
        if (request.webhook != "events") return notFound("webhook.unknown", request.webhook);
        MOTCUA_SDK_TRY(connector, connectorOf(call));
        return judge(host_, connector, request, call);
    }

    // Reads the connector, then asks how a dossier stands that cannot exist: whatever the answer, address and
    // credentials were taken.
    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        const auto found = [&](const char* field, const Error& error) {
            checked.findings.push_back({field, error.code, error.detail});
            return checked;
        };
        const auto connector = connectorOf(call);
        if (!connector)
            return found(call.config["connector"].string() == "own" ? "description" : "connector",
                         connector.error());
        Request reach;
        const bool byState = connector->state.has_value();
        const auto answered = system_.ask(call, *connector, byState ? connector->state->request : reach,
                                          sourceOf(SectorRef{"MOTCUA-TEST", "MOTCUA-TEST"}));
        if (!answered && (byState || answered.error().code != "sector.unexpected"))
            return found(answered.error().status == Status::Denied ? "auth" : "url", answered.error());
        checked.summary = connector->name + ": " + baseOf(call);
        return checked;
    }

private:
    static Result<LookupReply> recordsOf(const Query& query, const Json& answer, const Json& page) {
        const Json& found = at(answer, query.records);
        Json::Array items;
        if (found.isArray()) {
            items = found.items();
        } else if (found.isObject()) {
            items.push_back(found);
        } else if (!found.isNull()) {
            return unavailable("sector.unexpected", query.records + " is no list");
        }
        if (items.size() > mostRecords)
            return unavailable("sector.unexpected", "too many records in one page");
        LookupReply reply;
        for (const Json& item : items) {
            if (!item.isObject())
                return unavailable("sector.unexpected", query.records + " holds what is no record");
            auto record = fill(query.record, {item, {}});
            if (!record) return unavailable("sector.unexpected", record.error().detail);
            reply.records.push_back(std::move(*record));
        }
        MOTCUA_SDK_TRY(next, nextOf(query, answer, page, items.size()));
        reply.next = next;
        auto reference = fill(query.reference, {answer, {}});
        if (!reference || reference->string().size() > 200)
            return unavailable("sector.unexpected", "the number of the question");
        reply.reference = reference->string();
        return reply;
    }

    Result<SectorAnswer> once(const Call& call, const std::string& name, const Connector& connector,
                              const Exchange& exchange, const Source& source) {
        const std::string key = name.empty() ? name : keyOf(call.profile + "\n" + name);
        if (!key.empty()) {
            MOTCUA_SDK_TRY(known, host_.kvGet(call, key));
            if (const auto kept = Json::parse(known.value))
                return SectorAnswer{(*kept)["reference"].string(), {}};
        }
        MOTCUA_SDK_TRY(answered, system_.ask(call, connector, exchange.request, source));
        if (answered.meaning != Meaning::Ok && answered.meaning != Meaning::Already) return errorOf(answered);
        auto filled =
            fill(exchange.answer.isObject() ? exchange.answer : Json::object(), {answered.json, {}});
        auto answer = filled ? decode<SectorAnswer>(filled->dump()) : Result<SectorAnswer>{filled.error()};
        if (!answer) return unavailable("sector.unexpected", answer.error().detail);
        if (!key.empty()) {
            // The detail is the other side's words, which may be about a person: they are not kept.
            const Json kept = Json::object().set("reference", answer->reference);
            const auto put = host_.kvPut(call, {key, kept.dump(), 0, host_.nowMs() + rememberedMs});
            if (!put)
                host_.log(call, LogLevel::Warning, "sector.not_remembered", {{"code", put.error().code}});
        }
        return answer;
    }

    static std::string keyOf(const std::string& text) {
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        unsigned size = 0;
        EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
        return "once/" + toBase64({reinterpret_cast<const char*>(digest.data()), 24});
    }

    // An address is followed on the other system's own host alone.
    Result<FetchedPaper> linked(const std::string& handle, const Call& call) {
        HttpRequest request;
        request.method = "GET";
        const std::string base = baseOf(call);
        const bool whole = handle.find("://") != std::string::npos || handle.rfind("//", 0) == 0;
        const std::string home = originOf(base);
        if (whole && (home.empty() || originOf(handle) != home))
            return invalid("sector.keys_invalid", "the address of the paper leads elsewhere");
        request.url = whole ? handle : base + (handle.rfind('/', 0) == 0 ? "" : "/") + handle;
        if (handle.find("..") != std::string::npos || handle.find_first_of(" \r\n\t\\") != std::string::npos)
            return invalid("sector.keys_invalid", "handle");
        MOTCUA_SDK_TRY(answer, system_.fetch(call, std::move(request)));
        return paperOf(fileName(lastSegment(handle)), mediaType(answer), answer.body.value_or(Blob{}));
    }

    Result<FetchedPaper> asked(const Connector& connector, const PaperRef& handle, const Call& call) {
        const PaperQuestion& paper = *connector.paper;
        if (paper.content.empty()) {
            MOTCUA_SDK_TRY(request, system_.made(call, paper.request, sourceOf(handle)));
            MOTCUA_SDK_TRY(answer, system_.fetch(call, std::move(request)));
            return paperOf("file", mediaType(answer), answer.body.value_or(Blob{}));
        }
        MOTCUA_SDK_TRY(answered, system_.ask(call, connector, paper.request, sourceOf(handle)));
        if (answered.meaning != Meaning::Ok) return errorOf(answered);
        const auto bytes = fromBase64(at(answered.json, paper.content).string());
        if (!bytes) return unavailable("sector.unexpected", paper.content + " is not base64");
        const auto name = fill(paper.name, {answered.json, {}});
        const auto type = fill(paper.contentType, {answered.json, {}});
        if (!name || !type) return unavailable("sector.unexpected", (name ? type : name).error().detail);
        const std::string known = type->text("application/octet-stream");
        return paperOf(fileName(name->string()), known.size() > 127 ? "application/octet-stream" : known,
                       Blob{*bytes});
    }

    static Result<FetchedPaper> paperOf(std::string name, std::string type, Blob content) {
        if (content.size() == 0) return unavailable("sector.unexpected", "an empty file");
        return FetchedPaper{{std::move(name), std::move(type), std::move(content)}};
    }

    Host host_;
    System system_;
};

MOTCUA_PLUGIN(SectorRest)
