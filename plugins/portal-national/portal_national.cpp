// The National Public Service Portal: claims after its sign-in, catalogues out, dossiers, progress, questions
// and ratings in.
#include "gateway.h"
#include "records.h"

#include "motcua/sdk/national_portal.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>

using namespace motcua::sdk;
using portal::Answer;
using portal::Gateway;

namespace {

constexpr std::size_t largestPage = 5000;
constexpr std::int64_t rememberedMs = 10LL * 365 * 24 * 3600 * 1000;
constexpr const char* published = "published";

Error unexpected(const char* what) {
    return unavailable("national-portal.unexpected", what);
}

// A list, one object, or nothing.
Result<Json::Array> listOf(const Json& result) {
    if (result.isArray()) return result.items();
    if (result.isObject()) return Json::Array{result};
    if (result.isNull() || result == Json{""}) return Json::Array{};
    return unexpected("the result is no list");
}

Json dataOf(const Json& one) {
    return Json::object().set("data", Json::array().add(one));
}

std::string shortened(std::string text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80)
        --most;
    return text.substr(0, most);
}

} // namespace

class PortalNational final : public NationalPortal {
public:
    explicit PortalNational(const Host& host) : host_(host), gateway_(host) {}

    Result<IdentityClaims> claims(const ClaimsRequest& request, const Call& call) override {
        MOTCUA_SDK_TRY(userinfo, gateway_.userinfo(call, request.accessToken));
        auto claims = portal::claims(userinfo);
        if (!claims) return unexpected("an account without a name");
        // The core has verified the token of identity: who it names and who the portal names must be one.
        if (!request.idToken.empty() && subjectOf(request.idToken) != portal::word(userinfo, "sub"))
            return denied("national-portal.token_refused", "the tokens are of two accounts");
        return *claims;
    }

    // The portal sends its catalogues whole; they are handed on in pages.
    Result<CataloguePage> catalogue(const CatalogueRequest& request, const Call& call) override {
        std::size_t from = 0;
        const std::string& asked = request.page;
        const auto read = std::from_chars(asked.data(), asked.data() + asked.size(), from);
        if (!asked.empty() && (read.ec != std::errc{} || read.ptr != asked.data() + asked.size()))
            return invalid("plugin.malformed", "page");
        const char* service = request.kind == CatalogueKind::Agencies ? "LayDanhMucCoQuan"
                              : request.kind == CatalogueKind::Fields ? "LayDanhMucLinhVuc"
                                                                      : "LayDanhSachTTHC";
        MOTCUA_SDK_TRY(items, pull(call, service, Json::object()));
        CataloguePage page;
        const std::size_t end = std::min(items.size(), from + largestPage);
        for (std::size_t i = from; i < end; ++i) {
            const auto entry = portal::catalogueEntry(items[i], request.kind);
            if (!entry) return unexpected("an entry without code or name");
            page.entries.push_back(*entry);
        }
        if (end < items.size()) page.next = std::to_string(end);
        return page;
    }

    Result<NationalProcedure> procedure(const ProcedureRef& request, const Call& call) override {
        MOTCUA_SDK_TRY(items, pull(call, "LayThuTuc", Json::object().set("maTTHC", request.code)));
        if (items.empty()) return notFound("national-portal.unknown", request.code);
        auto procedure = portal::procedure(items.front());
        if (!procedure) return unexpected("a procedure without code or name, or longer than one can be");
        if (procedure->code != request.code) return unexpected("another procedure than was asked for");
        return *procedure;
    }

    // New ones and known ones go apart, as the portal wants it: what it has taken before is remembered.
    Result<Pushed> dossiers(const DossierBatch& request, const Call& call) override {
        Batch batches[2]; // [0]: new, [1]: known
        for (const NationalDossier& dossier : request.dossiers) {
            MOTCUA_SDK_TRY(known, host_.kvGet(call, keyOf(call, dossier.code)));
            batches[known.value.empty() ? 0 : 1].items.push_back(
                {dossier.code, portal::dossierRecord(dossier)});
        }
        Pushed pushed;
        for (const bool updating : {false, true}) {
            Batch& batch = batches[updating ? 1 : 0];
            batch.service = "DongBoHoSoMC";
            batch.more.set("isUpdating", updating ? "True" : "False");
            batch.retry = [this, &call, updating](const Item& item) {
                return asIfKnown(call, item, updating);
            };
            batch.taken = [this, &call](const Item& item) { remember(call, item.id); };
            MOTCUA_SDK_CHECK(push(call, batch, pushed));
        }
        return pushed;
    }

    Result<Pushed> steps(const StepBatch& request, const Call& call) override {
        Pushed pushed;
        constexpr std::size_t chunk = 100;
        for (std::size_t from = 0; from < request.steps.size(); from += chunk) {
            Batch batch;
            batch.service = "CapNhatTienDoHoSoMC";
            for (std::size_t i = from; i < std::min(request.steps.size(), from + chunk); ++i)
                batch.items.push_back({request.steps[i].code, portal::stepRecord(request.steps[i])});
            MOTCUA_SDK_CHECK(push(call, batch, pushed));
        }
        return pushed;
    }

    // First what people asked us, then what the portal publishes with its answer.
    Result<QuestionsPage> questions(const QuestionsRequest& request, const Call& call) override {
        if (!request.page.empty() && request.page != published) return invalid("plugin.malformed", "page");
        const bool asked = request.page.empty();
        MOTCUA_SDK_TRY(items, pull(call, asked ? "LayDanhSachHoiDapGuiTuDVCQG" : "LayDanhSachHoiDapBoCoQuan",
                                   Json::object()));
        QuestionsPage page;
        for (const Json& item : items) {
            if (portal::word(item, "TRANGTHAI") == "0") continue; // withdrawn there
            auto question = portal::question(item);
            if (!question) return unexpected("a question without id or words");
            if (!asked) question->askedBy.clear();
            page.questions.push_back(std::move(*question));
        }
        if (page.questions.size() > largestPage) return unexpected("too many questions in one answer");
        if (asked) page.next = published;
        return page;
    }

    Result<Pushed> replies(const AnswerBatch& request, const Call& call) override {
        Pushed pushed;
        for (const bool own : {false, true}) {
            Batch batch;
            batch.service = own ? "DongBoHoiDap" : "DongBoKetQuaHoiDapGuiTuDVCQG";
            for (const AnsweredQuestion& answer : request.answers)
                if (answer.own == own)
                    batch.items.push_back(
                        {answer.id, portal::answerRecord(answer, call.config["agencyCode"].string())});
            MOTCUA_SDK_CHECK(push(call, batch, pushed));
        }
        return pushed;
    }

    Result<Pushed> ratings(const RatingBatch& request, const Call& call) override {
        Batch batch;
        batch.service = call.config["ratingService"].string();
        if (batch.service.empty())
            return denied("national-portal.not_allowed",
                          "ratingService is empty: the portal has named no service for ratings");
        for (const DossierRating& rating : request.ratings)
            batch.items.push_back({rating.dossier, portal::ratingRecord(rating)});
        Pushed pushed;
        MOTCUA_SDK_CHECK(push(call, batch, pushed));
        return pushed;
    }

    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        const auto login = gateway_.tryLogin(call);
        if (!login) {
            const Error& error = login.error();
            checked.findings.push_back(
                {error.status == Status::Denied ? "password" : "url", error.code, error.detail});
            return checked;
        }
        checked.summary = call.config["agencyCode"].string() + " @ " + originOf(call.config["url"].string());
        return checked;
    }

private:
    struct Item {
        std::string id{};
        Json record{};
    };
    struct Batch {
        std::string service{};
        Json more = Json::object();
        std::vector<Item> items{};
        std::function<Result<Answer>(const Item&)> retry{}; // one that was refused alone, once more
        std::function<void(const Item&)> taken{};
    };

    Result<Json::Array> pull(const Call& call, const char* service, const Json& more) {
        MOTCUA_SDK_TRY(answer, gateway_.ask(call, service, more, true));
        if (!answer.ok) return portal::refusal(answer);
        return listOf(answer.result);
    }

    // All at once; where the portal refuses that, one by one, in order, to know which one it does not want.
    Result<void> push(const Call& call, const Batch& batch, Pushed& pushed) {
        if (batch.items.empty()) return {};
        Json all = batch.more;
        Json data = Json::array();
        for (const Item& item : batch.items)
            data.add(item.record);
        all.set("data", std::move(data));
        MOTCUA_SDK_TRY(answer, gateway_.ask(call, batch.service, all, false));
        if (answer.ok) return sort(batch, answer, pushed);
        for (const Item& item : batch.items) {
            Answer alone = answer;
            if (batch.items.size() > 1) {
                Json one = dataOf(item.record);
                for (const auto& [name, value] : batch.more.members())
                    one.set(name, value);
                MOTCUA_SDK_TRY(told, gateway_.ask(call, batch.service, one, false));
                alone = told;
            }
            if (!alone.ok && batch.retry) {
                MOTCUA_SDK_TRY(again, batch.retry(item));
                if (again.ok || !again.code.empty()) alone = again;
            }
            if (alone.ok) {
                if (batch.taken) batch.taken(item);
            } else {
                pushed.refused.push_back(refusalOf(item.id, alone.code, alone.message));
            }
        }
        return {};
    }

    // A batch that was taken may still name some that were not.
    static Result<void> sort(const Batch& batch, const Answer& answer, Pushed& pushed) {
        std::map<std::string, PushRefusal> refused;
        for (const Json& one : answer.result.items()) {
            const std::string code = portal::word(one, "error_code");
            std::string id = portal::word(one, "MaHoSo");
            if (id.empty()) id = portal::word(one, "HOIDAPID");
            if (code.empty() || code == "0" || code == "00" || id.empty()) continue;
            refused[id] = refusalOf(id, code, portal::word(one, "message"));
        }
        for (const Item& item : batch.items) {
            const auto found = refused.find(item.id);
            bool taken = found == refused.end();
            if (!taken && batch.retry) {
                MOTCUA_SDK_TRY(again, batch.retry(item));
                taken = again.ok;
            }
            if (!taken) {
                pushed.refused.push_back(found->second);
            } else if (batch.taken) {
                batch.taken(item);
            }
        }
        return {};
    }

    static PushRefusal refusalOf(const std::string& id, const std::string& code, const std::string& message) {
        return {id, shortened(code, 50), shortened(message, 500)};
    }

    // A dossier that we take for new, and the portal has, or the other way: it is asked, and told as it wants
    // it.
    Result<Answer> asIfKnown(const Call& call, const Item& item, bool updating) {
        MOTCUA_SDK_TRY(found, gateway_.ask(call, "TraCuuHoSo", Json::object().set("mahoso", item.id), true));
        MOTCUA_SDK_TRY(items, found.ok ? listOf(found.result) : Result<Json::Array>{Json::Array{}});
        const bool exists = std::any_of(items.begin(), items.end(), [&](const Json& one) {
            return portal::word(one, "MaHoSo") == item.id;
        });
        if (exists == updating) return Answer{}; // it was told right: the refusal stands
        Json one = dataOf(item.record);
        one.set("isUpdating", exists ? "True" : "False");
        return gateway_.ask(call, "DongBoHoSoMC", one, false);
    }

    static std::string keyOf(const Call& call, const std::string& code) {
        return shortened("sent/" + code + "/" + call.profile, 200);
    }
    void remember(const Call& call, const std::string& code) {
        const std::string key = keyOf(call, code);
        const auto known = host_.kvGet(call, key);
        if (known && known->value.empty()) {
            const auto put = host_.kvPut(call, {key, "1", known->version, host_.nowMs() + rememberedMs});
            if (!put)
                host_.log(call, LogLevel::Warning, "portal.not_remembered", {{"code", put.error().code}});
        }
    }

    // "sub" of a token of identity; its signature is the core's to verify.
    static std::string subjectOf(const std::string& token) {
        const std::size_t first = token.find('.');
        const std::size_t second = first == std::string::npos ? first : token.find('.', first + 1);
        if (second == std::string::npos) return "\n";
        std::string body = token.substr(first + 1, second - first - 1);
        std::replace(body.begin(), body.end(), '-', '+');
        std::replace(body.begin(), body.end(), '_', '/');
        body.append((4 - body.size() % 4) % 4, '=');
        const auto json = Json::parse(fromBase64(body).value_or(""));
        return json && !(*json)["sub"].string().empty() ? (*json)["sub"].string() : "\n";
    }

    Host host_;
    Gateway gateway_;
};

MOTCUA_PLUGIN(PortalNational)
