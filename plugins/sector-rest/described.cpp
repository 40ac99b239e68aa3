// See described.h.
#include "described.h"

#include <openssl/evp.h>

#include <array>
#include <charconv>

namespace connector {

using namespace motcua::sdk;

namespace {

constexpr std::size_t mostRecords = 500;
constexpr std::int64_t rememberedMs = 90LL * 24 * 3600 * 1000;
constexpr std::int64_t lastPage = 1'000'000;

constexpr std::size_t longestMessage = 500;

// Cut between letters, without what would break a line of a log.
std::string shortened(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
    if (text.size() <= longestMessage) return text;
    std::size_t end = longestMessage;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
        --end;
    return text.substr(0, end);
}

Meaning meaningOf(std::int64_t status) {
    if (status < 300) return Meaning::Ok;
    if (status == 404 || status == 410) return Meaning::Unknown;
    return status == 409 ? Meaning::Conflict : Meaning::Refused;
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

Result<LookupReply> recordsOf(const Query& query, const Json& answer, const Json& page) {
    const Json& found = at(answer, query.records);
    Json::Array items;
    if (found.isArray()) {
        items = found.items();
    } else if (found.isObject()) {
        items.push_back(found);
    } else if (!found.isNull()) {
        return unavailable("sector.unexpected", query.records + " is no list");
    }
    if (items.size() > mostRecords) return unavailable("sector.unexpected", "too many records in one page");
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

std::string keyOf(const std::string& text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return "once/" + toBase64({reinterpret_cast<const char*>(digest.data()), 24});
}

Result<SectorAnswer> once(const Host& host, const Call& call, const std::string& name,
                          const Exchange& exchange, const Source& source, const Ask& ask) {
    const std::string key = name.empty() ? name : keyOf(call.profile + "\n" + name);
    if (!key.empty()) {
        MOTCUA_SDK_TRY(known, host.kvGet(call, key));
        if (const auto kept = Json::parse(known.value))
            return SectorAnswer{(*kept)["reference"].string(), {}};
    }
    MOTCUA_SDK_TRY(answered, ask(exchange.request, source));
    if (answered.meaning != Meaning::Ok && answered.meaning != Meaning::Already) return errorOf(answered);
    auto filled = fill(exchange.answer.isObject() ? exchange.answer : Json::object(), {answered.json, {}});
    auto answer = filled ? decode<SectorAnswer>(filled->dump()) : Result<SectorAnswer>{filled.error()};
    if (!answer) return unavailable("sector.unexpected", answer.error().detail);
    if (!key.empty()) {
        // The detail is the other side's words, which may be about a person: they are not kept.
        const Json kept = Json::object().set("reference", answer->reference);
        const auto put = host.kvPut(call, {key, kept.dump(), 0, host.nowMs() + rememberedMs});
        if (!put) host.log(call, LogLevel::Warning, "sector.not_remembered", {{"code", put.error().code}});
    }
    return answer;
}

} // namespace

Error notConfigured(const std::string& what) {
    return invalid("sector.not_configured", what);
}

Error errorOf(const Answered& answered) {
    switch (answered.meaning) {
    case Meaning::Unknown:
    case Meaning::None:
        return notFound("sector.unknown", answered.message);
    case Meaning::Conflict:
        return {Status::Conflict, "sector.conflict", answered.message};
    case Meaning::Login:
        return denied("sector.login_refused", answered.message);
    case Meaning::Quota:
        return unavailable("sector.over_quota", answered.message);
    case Meaning::Down:
        return unavailable("sector.provider_down", answered.message);
    default:
        return rejected("sector.refused", answered.message);
    }
}

Result<Answered> understood(const Verdict& verdict, std::int64_t status, const std::optional<Json>& json,
                            bool isEmpty) {
    Answered answered;
    answered.meaning = meaningOf(status);
    if (json) answered.json = *json;
    answered.message = shortened(at(answered.json, verdict.message).string());
    if (answered.meaning == Meaning::Ok) {
        if (!json && !(isEmpty && verdict.at.empty()))
            return unavailable("sector.unexpected", "the answer is not JSON, or too deep");
        if (!verdict.at.empty()) {
            const Json& code = at(answered.json, verdict.at);
            if (code.isNull() || code.isArray() || code.isObject())
                return unavailable("sector.unexpected", verdict.at + " says nothing");
            const auto found = verdict.codes.find(code.isString() ? code.string() : code.dump());
            answered.meaning = found == verdict.codes.end() ? Meaning::Refused : found->second;
        }
    } else if (answered.message.empty()) {
        answered.message = "HTTP " + std::to_string(status);
    }
    const Meaning meaning = answered.meaning;
    if (meaning == Meaning::Login || meaning == Meaning::Quota || meaning == Meaning::Down)
        return errorOf(answered);
    return answered;
}

Result<LookupReply> lookUp(const Connector& connector, const LookupRequest& request, const Ask& ask) {
    const auto found = connector.queries.find(request.query);
    if (found == connector.queries.end()) return notConfigured("query " + request.query);
    const Query& query = found->second;
    MOTCUA_SDK_CHECK(checkKeys(query, request.keys));
    MOTCUA_SDK_TRY(page, pageOf(query, request.page));
    Source source = sourceOf(request);
    source.data.set("page", page);
    MOTCUA_SDK_TRY(answered, ask(query.request, source));
    if (answered.meaning == Meaning::None || answered.meaning == Meaning::Unknown) return LookupReply{};
    if (answered.meaning != Meaning::Ok) return errorOf(answered);
    return recordsOf(query, answered.json, page);
}

Result<SectorAnswer> handOver(const Host& host, const Call& call, const Connector& connector,
                              const SectorDossier& request, const Ask& ask) {
    if (!connector.handOver) return notConfigured("hand-over");
    return once(host, call, "hand-over/" + request.code, *connector.handOver, sourceOf(request), ask);
}

Result<SectorAnswer> update(const Host& host, const Call& call, const Connector& connector,
                            const SectorChange& request, const Ask& ask) {
    const auto found = connector.updates.find(request.change);
    if (found == connector.updates.end()) return notConfigured("update " + request.change);
    const std::string key = call.idempotencyKey.empty() ? "" : "update/" + call.idempotencyKey;
    return once(host, call, key, found->second, sourceOf(request), ask);
}

Result<SectorProgress> stateOf(const Connector& connector, const SectorRef& request, const Ask& ask) {
    if (!connector.state) return notConfigured("state");
    MOTCUA_SDK_TRY(answered, ask(connector.state->request, sourceOf(request)));
    if (answered.meaning != Meaning::Ok) return errorOf(answered);
    return progressOf(connector, connector.state->progress, {answered.json, {}}, request.code);
}

Result<FetchedPaper> paperWithin(const PaperQuestion& paper, const PaperRef& request, const Ask& ask) {
    MOTCUA_SDK_TRY(answered, ask(paper.request, sourceOf(request)));
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

Result<SectorProgress> progressOf(const Connector& connector, const Json& pattern, const Source& source,
                                  const std::string& code) {
    auto filled = fill(pattern, source);
    if (!filled) return unavailable("sector.unexpected", filled.error().detail);
    if (!code.empty()) {
        const Json& told = (*filled)["code"];
        if (!told.isNull() && told != Json{code})
            return unavailable("sector.unexpected", "it is about another dossier");
        filled->set("code", code);
    }
    if ((*filled)["state"].isNull()) {
        const std::string theirs = (*filled)["stateCode"].string();
        const auto found = connector.states.find(theirs);
        const std::string state = found == connector.states.end() ? connector.otherState : found->second;
        if (theirs.empty() || state.empty())
            return unavailable("sector.unexpected", "a state that is not listed");
        filled->set("state", state);
    }
    auto progress = decode<SectorProgress>(filled->dump());
    if (!progress) return unavailable("sector.unexpected", progress.error().detail);
    return progress;
}

std::string fileName(std::string name) {
    for (char& c : name)
        if (static_cast<unsigned char>(c) < 0x20 || c == '/' || c == '\\') c = '_';
    if (name.empty() || name.size() > 255 || name == "." || name == "..") return "file";
    return name;
}

Result<FetchedPaper> paperOf(std::string name, std::string type, Blob content) {
    if (content.size() == 0) return unavailable("sector.unexpected", "an empty file");
    return FetchedPaper{{std::move(name), std::move(type), std::move(content)}};
}

} // namespace connector
