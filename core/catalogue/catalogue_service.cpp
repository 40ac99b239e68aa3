#include "catalogue/catalogue_service.h"

#include "base/bytes.h"
#include "base/log.h"
#include "catalogue/catalogue_json.h"
#include "catalogue/catalogue_policy.h"
#include "search/search.h"

#include <algorithm>
#include <map>
#include <set>

namespace motcua::catalogue {

namespace {

constexpr std::int64_t mostOnAPage = 200;
constexpr std::ptrdiff_t hitsAtOnce = 100;
constexpr std::size_t mostRead = 1000; // procedures kept as they were read
constexpr std::string_view searchKind = "procedure";

std::string searchId(std::string_view code, std::int64_t version) {
    return std::string{code} + "@" + std::to_string(version);
}

search::Entry searchEntry(const Procedure& procedure, std::int64_t version) {
    search::Entry entry{std::string{searchKind}, searchId(procedure.code, version), procedure.name.vi,
                        procedure.search, procedure.summary.vi};
    for (const auto& text : {procedure.code, procedure.localCode, procedure.name.en})
        if (!text.empty()) entry.phrases.push_back(text);
    entry.body += " " + procedure.summary.en;
    for (const auto& paper : procedure.papers)
        entry.body += " " + paper.name.vi;
    for (const auto& result : procedure.results)
        entry.body += " " + result.name.vi;
    return entry;
}

std::string codeOf(const search::Hit& hit) {
    return hit.id.substr(0, hit.id.find('@'));
}

// By search id. A code may stand among the hits in several versions; only the one in force is a summary.
template <typename Hits>
std::map<std::string, Summary> summariesOf(db::Reader& reader, const CivilDay& day, const Filter& filter,
                                           Hits from, Hits end) {
    std::vector<std::string> codes;
    for (; from != end; ++from)
        codes.push_back(codeOf(*from));
    std::map<std::string, Summary> all;
    for (auto& summary : summariesOn(reader, day, filter, codes))
        all.emplace(searchId(summary.code, summary.version), std::move(summary));
    return all;
}

// A cursor names the last item of a page: in a list by its sort key and code, among hits by its search id and
// code.
std::string cursorAfter(const std::string& key, const Summary& last) {
    return toBase64Url(key + "\n" + last.code);
}

struct Position {
    std::string key{};
    std::string code{};
};

std::optional<Position> positionOf(std::string_view cursor) {
    if (cursor.empty()) return Position{};
    const auto bytes = fromBase64Url(cursor);
    const auto split = bytes ? bytes->rfind('\n') : std::string::npos;
    if (split == std::string::npos || !isProcedureCode(std::string_view{*bytes}.substr(split + 1)))
        return std::nullopt;
    return Position{bytes->substr(0, split), bytes->substr(split + 1)};
}

void overlayCouncilFees(db::Reader& reader, Procedure& procedure, const CivilDay& day) {
    const auto fill = [&](Fees& fees) {
        if (!fees) return;
        for (auto& fee : *fees)
            if (fee.setBy == FeeSetter::Council)
                if (const auto amount = councilFeeOn(reader, procedure.code, fee.id, day))
                    fee.amount = amount;
    };
    for (auto& each : procedure.cases) {
        fill(each.fees);
        for (auto& rule : each.channels)
            fill(rule.fees);
    }
}

bool hasCouncilFee(const Procedure& procedure, std::string_view feeId) {
    const auto has = [&](const Fees& fees) {
        return fees && std::any_of(fees->begin(), fees->end(), [&](const Fee& fee) {
                   return fee.id == feeId && fee.setBy == FeeSetter::Council;
               });
    };
    return std::any_of(procedure.cases.begin(), procedure.cases.end(), [&](const Case& each) {
        return has(each.fees) || std::any_of(each.channels.begin(), each.channels.end(),
                                             [&](const ChannelRule& rule) { return has(rule.fees); });
    });
}

// Fields and agencies that procedures name but nobody knows, one sentence each.
std::string unknownNames(const Content& content, const std::vector<Field>& known,
                         const agency::Tree& agencies) {
    std::set<std::string> fields;
    for (const auto& list : {content.fields, known})
        for (const auto& field : list)
            fields.insert(field.id);
    std::string wrong;
    const auto add = [&](const std::string& sentence) { wrong += (wrong.empty() ? "" : "\n") + sentence; };
    for (const auto& procedure : content.procedures) {
        if (!fields.contains(procedure.field)) add(procedure.code + ": no field '" + procedure.field + "'");
        for (const auto& id : procedure.agencies)
            if (!agencies.find(id)) add(procedure.code + ": no agency '" + id + "'");
    }
    return wrong;
}

} // namespace

Result<Stored> CatalogueService::stored(db::Reader& reader, const VersionRow& row,
                                        const CivilDay& feesOn) {
    MOTCUA_TRY(held, read(row));
    Stored made{*held, row.version, row.origin, row.from, row.to};
    overlayCouncilFees(reader, made.procedure, feesOn);
    return made;
}

// Reading a body costs more than all else that a procedure's page and a submission ask of the catalogue.
Result<std::shared_ptr<const Procedure>> CatalogueService::read(const VersionRow& row) {
    {
        const std::lock_guard lock{mutex_};
        if (const auto held = read_.find(row.digest); held != read_.end()) return held->second;
    }
    // The body was checked when it was stored, and is limited by the size of a file.
    MOTCUA_TRY(body, Json::parse(row.body, {4 << 20, 32}));
    MOTCUA_TRY(procedure, readProcedure(body));
    auto made = std::make_shared<const Procedure>(std::move(procedure));
    const std::lock_guard lock{mutex_};
    if (read_.size() >= mostRead) read_.clear();
    return read_.emplace(row.digest, std::move(made)).first->second;
}

Result<Stored> CatalogueService::procedure(const Context& context, std::string_view code) {
    return procedure(context, code, today());
}

Result<Stored> CatalogueService::procedure(const Context& context, std::string_view code,
                                           const CivilDay& day) {
    return database_.read(context, [&](db::Reader& reader) -> Result<Stored> {
        const auto row = versionOn(reader, code, day);
        if (!row) return notFound("catalogue.no_procedure");
        return stored(reader, *row, day);
    });
}

Result<Stored> CatalogueService::version(const Context& context, std::string_view code, std::int64_t version,
                                         const CivilDay& feesOn) {
    return database_.read(context, [&](db::Reader& reader) -> Result<Stored> {
        const auto row = findVersion(reader, code, version);
        if (!row) return notFound("catalogue.no_procedure");
        return stored(reader, *row, feesOn);
    });
}

Result<ListPage> CatalogueService::list(const Context& context, std::string_view words, const Filter& filter,
                                        std::string_view cursor, std::int64_t limit) {
    limit = std::clamp<std::int64_t>(limit, 1, mostOnAPage);
    if (words.find_first_not_of(" \t\r\n") != std::string_view::npos)
        return found(context, words, filter, cursor, limit);
    const auto after = positionOf(cursor);
    if (!after) return invalid("catalogue.bad_cursor");
    return database_.read(context, [&](db::Reader& reader) -> Result<ListPage> {
        ListPage page{listOn(reader, today(), filter, after->key, after->code, limit + 1), {}};
        if (static_cast<std::int64_t>(page.items.size()) > limit) {
            page.items.pop_back();
            page.next = cursorAfter(page.items.back().sortKey, page.items.back());
        }
        return page;
    });
}

Result<ListPage> CatalogueService::found(const Context& context, std::string_view words, const Filter& filter,
                                         std::string_view cursor, std::int64_t limit) {
    const auto after = positionOf(cursor);
    if (!after) return invalid("catalogue.bad_cursor");
    return database_.read(context, [&](db::Reader& reader) -> Result<ListPage> {
        const auto hits = search::find(reader, searchKind, words);
        auto at = hits.begin();
        if (!after->code.empty()) {
            at = std::find_if(at, hits.end(), [&](const search::Hit& hit) { return hit.id == after->key; });
            if (at != hits.end()) ++at;
        }
        ListPage page;
        while (at != hits.end()) {
            const auto end = at + std::min<std::ptrdiff_t>(hitsAtOnce, hits.end() - at);
            auto fitting = summariesOf(reader, today(), filter, at, end);
            for (; at != end; ++at) {
                const auto found = fitting.find(at->id);
                if (found == fitting.end()) continue;
                if (static_cast<std::int64_t>(page.items.size()) == limit) {
                    const auto& last = page.items.back();
                    page.next = cursorAfter(searchId(last.code, last.version), last);
                    return page;
                }
                page.items.push_back(std::move(found->second));
            }
        }
        return page;
    });
}

Counts CatalogueService::counts(const Context& context) {
    return database_.read(context, [&](db::Reader& reader) { return countOn(reader, today()); });
}

std::vector<Field> CatalogueService::fields(const Context& context) {
    return database_.read(context, [](db::Reader& reader) { return readFields(reader); });
}

std::vector<agency::Agency> CatalogueService::receivers(const Context& context, const Procedure& procedure) {
    return receiversOf(procedure, *agencies_.tree(context), today());
}

Result<CatalogueService::Outcome> CatalogueService::store(const Context& context, const Procedure& procedure,
                                                          std::string_view origin) {
    const std::string body = toJson(procedure).dump();
    const std::string digest = toHex(sha256(body));
    return database_.write(context, [&](db::Writer& writer) -> Result<Outcome> {
        const auto newest = newestVersion(writer, procedure.code);
        if (newest && newest->digest == digest && newest->origin == origin) return Outcome::Unchanged;
        VersionRow row;
        row.code = procedure.code;
        row.version = newest ? newest->version + 1 : 1;
        row.origin = origin;
        row.digest = digest;
        row.body = body;
        row.from = procedure.effectiveFrom.value_or(newest ? today() : agency::always);
        row.to = agency::unending;
        row.createdAt = clock_.now();
        row.createdBy = context.actor.id;
        addVersion(writer, row, procedure);
        search::put(writer, searchEntry(procedure, row.version));
        for (const auto over : versionsOver(writer, row.code, today()))
            search::remove(writer, searchKind, searchId(row.code, over));
        audit_.record(writer, context, "procedure:" + row.code, "catalogue.version_added",
                      Json::object()
                          .set("version", row.version)
                          .set("origin", row.origin)
                          .set("digest", row.digest)
                          .set("from", row.from.iso()));
        return newest ? Outcome::Changed : Outcome::Added;
    });
}

Result<LoadReport> CatalogueService::load(const Context& context, const Content& content) {
    const auto agencies = agencies_.tree(context);
    if (!mayChange(context.actor, *agencies, today())) return denied("catalogue.denied");
    if (auto wrong = unknownNames(content, fields(context), *agencies); !wrong.empty()) {
        Error error = invalid("catalogue.bad_content");
        error.detail = std::move(wrong);
        return error;
    }
    if (!content.fields.empty()) {
        MOTCUA_CHECK(database_.write(context, [&](db::Writer& writer) -> Result<void> {
            for (const auto& field : content.fields)
                putField(writer, field);
            return {};
        }));
    }
    // Each in a transaction of its own, since a unit on the writer lane has to be short; running again goes
    // on.
    LoadReport report;
    for (const auto& procedure : content.procedures) {
        MOTCUA_TRY(outcome, store(context, procedure, "city"));
        report.added += outcome == Outcome::Added;
        report.changed += outcome == Outcome::Changed;
        report.unchanged += outcome == Outcome::Unchanged;
    }
    log::info("catalogue.loaded",
              {{"added", report.added}, {"changed", report.changed}, {"unchanged", report.unchanged}});
    return report;
}

Content CatalogueService::content(const Context& context) {
    return database_.read(context, [&](db::Reader& reader) {
        Content all;
        std::set<std::string> used;
        for (const auto& code : codesOf(reader, "city", today())) {
            const auto row = versionOn(reader, code, today());
            const auto body = row ? Json::parse(row->body, {4 << 20, 32}) : Result<Json>{Json{}};
            auto procedure = readProcedure(body.value());
            used.insert(procedure.value().field);
            all.procedures.push_back(*std::move(procedure));
        }
        for (auto& field : readFields(reader))
            if (used.contains(field.id)) all.fields.push_back(std::move(field));
        return all;
    });
}

std::vector<CouncilFee> CatalogueService::councilFees(const Context& context) {
    return database_.read(context, [](db::Reader& reader) { return readCouncilFees(reader); });
}

Result<void> CatalogueService::setCouncilFee(const Context& context, std::string_view code,
                                             std::string_view feeId, Money amount, const CivilDay& from) {
    if (!mayChange(context.actor, *agencies_.tree(context), today())) return denied("catalogue.denied");
    if (amount.dong < 0) return invalidField("amount", "catalogue.bad_amount");
    MOTCUA_TRY(found, procedure(context, code, from));
    if (!hasCouncilFee(found.procedure, feeId)) return invalid("catalogue.no_council_fee");
    return database_.write(context, [&](db::Writer& writer) -> Result<void> {
        putCouncilFee(writer, code, feeId, from, amount, clock_.now(), context.actor.id);
        audit_.record(writer, context, "procedure:" + std::string{code}, "catalogue.council_fee_set",
                      Json::object().set("fee", feeId).set("amount", amount.dong).set("from", from.iso()));
        return {};
    });
}

std::vector<agency::Agency> receiversOf(const Procedure& procedure, const agency::Tree& tree,
                                        const CivilDay& day) {
    std::set<agency::Kind> named;
    for (const auto& id : procedure.agencies)
        if (const auto* agency = tree.find(id)) named.insert(agency->kind);
    std::vector<agency::Agency> all;
    for (const auto& agency : tree.all()) {
        const auto level = levelOf(agency::name(agency.kind));
        const bool receives =
            std::find(procedure.levels.begin(), procedure.levels.end(), level) != procedure.levels.end();
        const bool own = std::find(procedure.agencies.begin(), procedure.agencies.end(), agency.id) !=
                         procedure.agencies.end();
        if (receives && agency.validOn(day) && (own || !named.contains(agency.kind))) all.push_back(agency);
    }
    return all;
}

} // namespace motcua::catalogue
