// The public postal service of VNPost through the national axis (NGSP) or a province's (LGSP): orders both
// ways, label, tracking, cancel, and what the carrier tells by itself.
#include "label.h"

#include "motcua/sdk/rest.h"
#include "motcua/sdk/webhook.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

using namespace motcua::sdk;

namespace {

constexpr RestWords restWords{"postal.provider_down", "postal.login_refused", "postal.provider_down", ""};
constexpr const char* firstId = "000000000000000000000000";
constexpr std::size_t largestAnswer = 4u << 20;
constexpr std::int64_t rememberedMs = 90LL * 24 * 3600 * 1000;

std::string trimmed(std::string_view text) {
    const std::size_t from = text.find_first_not_of(" \t\r");
    if (from == std::string_view::npos) return {};
    return std::string{text.substr(from, text.find_last_not_of(" \t\r") - from + 1)};
}

// "79=70" a line; what follows "#" is a remark.
std::map<std::string, std::string> pairsOf(std::string_view text) {
    std::map<std::string, std::string> pairs;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        line = line.substr(0, line.find('#'));
        const std::size_t equals = line.find('=');
        if (equals != std::string_view::npos)
            pairs[trimmed(line.substr(0, equals))] = trimmed(line.substr(equals + 1));
    }
    return pairs;
}

std::string wordOf(const Json& value) {
    return value.isString() ? value.string() : value.isInteger() || value.isBool() ? value.dump() : "";
}

// The first of the spellings in which the axes write a name.
std::string firstOf(const Json& object, std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (const std::string word = wordOf(object[name]); !word.empty()) return word;
    return {};
}

std::string cut(std::string text, std::size_t most) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80)
        --most;
    return text.substr(0, most);
}

std::string local(const std::string& phone) {
    return phone.rfind("+84", 0) == 0 ? "0" + phone.substr(3) : phone;
}

std::string digestOf(std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return toBase64({reinterpret_cast<const char*>(digest.data()), 24});
}

// What an answer's own code means by the settings.
enum class Verdict { Ok, Duplicate, Unknown, TooLate, AddressWrong, ItemCodeUsed, Refused };

Verdict verdictOf(const Json& config, const std::string& code) {
    static const std::map<std::string, Verdict, std::less<>> words{{"ok", Verdict::Ok},
                                                                   {"duplicate", Verdict::Duplicate},
                                                                   {"unknown", Verdict::Unknown},
                                                                   {"too_late", Verdict::TooLate},
                                                                   {"address", Verdict::AddressWrong},
                                                                   {"item_code", Verdict::ItemCodeUsed}};
    const auto codes = pairsOf(config["answers"].string());
    const auto found = codes.find(code);
    const auto word = found == codes.end() ? words.end() : words.find(found->second);
    return word == words.end() ? Verdict::Refused : word->second;
}

std::optional<PostalState> stateWord(std::string_view word) {
    for (const auto& [state, known] : EnumWords<PostalState>::entries)
        if (word == known) return state;
    return std::nullopt;
}

PostalState stateOf(const Json& config, const std::string& code) {
    const auto states = pairsOf(config["states"].string());
    const auto found = states.find(code);
    const auto state = stateWord(found == states.end() ? config["otherState"].string() : found->second);
    return state.value_or(PostalState::InTransit);
}

bool isNumber(const std::string& text) {
    return !text.empty() && text.size() <= 100 &&
           text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-") ==
               std::string::npos;
}

} // namespace

class VnPost final : public PostalCarrier, public WebhookReceiver {
public:
    explicit VnPost(const Host& host) : host_(host), rest_(host, restWords) {}

    Result<PostalReceipt> create(const PostalOrder& order, const Call& call) override {
        if (!isNumber(order.number))
            return invalid("plugin.malformed", "number: letters, digits, . and - only");
        PostalReceipt receipt;
        receipt.reference = {order.number, "", order.itemCode};
        const std::string key = "order/" + digestOf(call.profile + "\n" + order.number);
        MOTCUA_SDK_TRY(known, host_.kvGet(call, key));
        if (const auto kept = Json::parse(known.value)) {
            receipt.reference.providerReference = (*kept)["reference"].string();
            return receipt;
        }
        MOTCUA_SDK_TRY(message, messageOf(order, call));
        const bool barcode = lgsp(call) && !order.itemCode.empty();
        const char* setting = barcode ? "barcodePath" : "orderPath";
        MOTCUA_SDK_TRY(answer, post(call, call.config[setting].string(), message));
        const Verdict verdict = verdictOfAnswer(answer, call);
        if (verdict == Verdict::AddressWrong) return invalid("postal.address_invalid", wordsOf(answer));
        if (verdict == Verdict::ItemCodeUsed)
            return Error{Status::Conflict, "postal.item_code_used", wordsOf(answer)};
        if (verdict != Verdict::Ok && verdict != Verdict::Duplicate)
            return rejected("postal.refused", wordsOf(answer));
        receipt.reference.providerReference = cut(firstOf(answer, {"orderId", "OrderId", "id"}), 100);
        const Json kept = Json::object().set("reference", receipt.reference.providerReference);
        const auto put = host_.kvPut(call, {key, kept.dump(), 0, host_.nowMs() + rememberedMs});
        if (!put) host_.log(call, LogLevel::Warning, "postal.not_remembered", {{"code", put.error().code}});
        return receipt;
    }

    Result<ParcelLabel> label(const LabelRequest& request, const Call&) override {
        const std::string& item = request.reference.itemCode;
        const std::string& code = item.empty() ? request.reference.number : item;
        if (vnpost::code128(code).empty())
            return invalid("plugin.malformed", "the number cannot be a barcode");
        PostalOrder order = request.order;
        order.sender.phone = local(order.sender.phone);
        order.receiver.phone = local(order.receiver.phone);
        return ParcelLabel{{code + ".pdf", "application/pdf", Blob{vnpost::drawLabel(order, code)}}};
    }

    Result<Tracking> track(const TrackRequest& request, const Call& call) override {
        if (call.config["trackPath"].string().empty())
            return rejected("postal.refused",
                            "the axis has no tracking; its notifications say how parcels stand");
        return request.references.empty() ? changes(request.after, call) : some(request.references, call);
    }

    Result<PostalProgress> cancel(const CancelPostal& request, const Call& call) override {
        const std::string& number = request.reference.number;
        if (!isNumber(number)) return notFound("postal.unknown_order");
        if (call.config["cancelPath"].string().empty())
            return rejected("postal.refused", "the axis withdraws no orders; ask the post office");
        Json message = Json::object();
        message.set(name(call, "customerCode"), call.config["customerCode"].string());
        message.set(name(call, "orderNumber"), number);
        MOTCUA_SDK_TRY(answer, post(call, call.config["cancelPath"].string(), message));
        switch (verdictOfAnswer(answer, call)) {
        case Verdict::Ok:
        case Verdict::Duplicate: // withdrawn before
            break;
        case Verdict::Unknown:
            return notFound("postal.unknown_order", wordsOf(answer));
        case Verdict::TooLate:
            return Error{Status::Conflict, "postal.too_late", wordsOf(answer)};
        default:
            return rejected("postal.refused", wordsOf(answer));
        }
        PostalProgress progress;
        progress.number = number;
        progress.providerReference = request.reference.providerReference;
        progress.state = PostalState::Cancelled;
        progress.code = codeOf(answer);
        return progress;
    }

    // The carrier tells by itself how a parcel stands, with the secret that was agreed.
    Result<WebhookNotice> verify(const WebhookRequest& given, const Call& call) override {
        if (given.webhook != "status") return notFound("webhook.unknown", given.webhook);
        WebhookNotice notice;
        notice.accepted = {200, "application/json", R"({"Status":"100","Message":""})"};
        notice.notAuthentic = {401, "application/json", R"({"Status":"401","Message":"Unauthorized"})"};
        notice.failed = {503, "application/json", R"({"Status":"503","Message":"Try again"})"};
        const auto secret = host_.secret(call, "webhookSecret");
        const auto& headers = given.request.headers;
        const auto bearer = headers.find("authorization"), token = headers.find("access_token");
        const bool proven = secret && secret->size() >= 16 &&
                            ((bearer != headers.end() && sameSecret(bearer->second, "Bearer " + *secret)) ||
                             (token != headers.end() && sameSecret(token->second, *secret)));
        if (!proven) {
            notice.reason = secret ? "no token, or another" : "the profile has no secret for notifications";
            return notice;
        }
        notice.authentic = true;
        const std::string_view body = given.request.body ? given.request.body->view() : "";
        const auto json = Json::parse(body);
        const auto progress = json ? progressOf(*json, call) : std::nullopt;
        if (!progress) {
            notice.accepted = {400, "application/json",
                               R"({"Status":"400","Message":"orderNumber, statusCode"})"};
            return notice;
        }
        Blobs none;
        notice.events.push_back({event::PostalProgress::kind,
                                 progress->number.substr(0, 100) + "/" + digestOf(body),
                                 Writer{none}.json(*progress)});
        return notice;
    }

    // Asks for a token, and where the axis has tracking for a page of it.
    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        const auto wrong = [&](const char* field, const Error& error) {
            checked.findings.push_back({field, error.code, error.detail});
            return checked;
        };
        for (const auto& [code, word] : pairsOf(call.config["states"].string()))
            if (!stateWord(word)) return wrong("states", invalid("plugin.misconfigured", code + "=" + word));
        const auto client = clientOf(call);
        if (!client) return wrong("clientSecret", client.error());
        const auto token = tokens_.token(call, rest_, peerOf(call), *client);
        if (!token) return wrong(token.error().status == Status::Denied ? "clientId" : "url", token.error());
        if (!call.config["trackPath"].string().empty()) {
            const auto page = changes("", call);
            if (!page) return wrong("trackPath", page.error());
        }
        checked.summary = call.config["customerCode"].string() + " @ " + originOf(baseOf(call));
        return checked;
    }

private:
    using Page = std::vector<std::pair<std::string, PostalProgress>>; // with the id of each

    static bool lgsp(const Call& call) { return call.config["shape"].string() == "lgsp"; }
    static std::string baseOf(const Call& call) {
        std::string url = call.config["url"].string();
        while (!url.empty() && url.back() == '/')
            url.pop_back();
        return url;
    }
    static RestPeer peerOf(const Call& call) { return {call.config["ca"].string(), "", "", largestAnswer}; }

    // customerCode of NGSP is CustomerCode of an LGSP, codAmount is CODAmount.
    static std::string name(const Call& call, std::string camel) {
        if (!lgsp(call)) return camel;
        if (camel == "codAmount") return "CODAmount";
        camel[0] = static_cast<char>(camel[0] - 'a' + 'A');
        return camel;
    }

    Result<OAuthClient> clientOf(const Call& call) const {
        MOTCUA_SDK_TRY(secret, host_.secret(call, "clientSecret"));
        const std::string own = call.config["tokenUrl"].string();
        return OAuthClient{own.empty() ? baseOf(call) + "/token" : own, call.config["clientId"].string(),
                           secret, "", call.config["clientInBody"].boolean()};
    }

    // An exchange with the axis, its token renewed once. Statuses that speak of an order become its codes.
    Result<Json> exchange(const Call& call, HttpRequest request) {
        MOTCUA_SDK_TRY(client, clientOf(call));
        const RestPeer peer = peerOf(call);
        for (int turn = 0;; ++turn) {
            MOTCUA_SDK_TRY(token, tokens_.token(call, rest_, peer, client));
            HttpRequest sent = request;
            sent.headers["Accept"] = "application/json";
            sent.headers[lgsp(call) ? "access_token" : "Authorization"] =
                lgsp(call) ? token : "Bearer " + token;
            auto answer = rest_.send(call, peer, std::move(sent));
            if (!answer && answer.error().code == restWords.login && turn == 0) {
                tokens_.forget(call, client);
                continue;
            }
            if (!answer) return answer.error();
            if (answer->status == 404) return notFound("postal.unknown_order", "HTTP 404");
            if (answer->status == 409) return Error{Status::Conflict, "postal.too_late", "HTTP 409"};
            MOTCUA_SDK_TRY(json, rest_.json(*answer));
            if (!json.isObject()) return unavailable("postal.provider_down", "the answer is no object");
            if (answer->status >= 400) return rejected("postal.refused", wordsOf(json));
            return json;
        }
    }

    Result<Json> post(const Call& call, const std::string& path, const Json& message) {
        HttpRequest request;
        request.method = "POST";
        request.url = baseOf(call) + path;
        request.headers = {{"Content-Type", "application/json; charset=utf-8"}};
        request.body = Blob{message.dump()};
        return exchange(call, std::move(request));
    }

    static std::string codeOf(const Json& answer) {
        return cut(firstOf(answer, {"Status", "status", "code"}), 50);
    }
    static std::string wordsOf(const Json& answer) {
        const std::string words = firstOf(answer, {"Message", "message"});
        return cut(codeOf(answer) + (words.empty() ? "" : ": ") + words, 300);
    }
    // An answer without any code is none: nothing says that the order stands.
    static Verdict verdictOfAnswer(const Json& answer, const Call& call) {
        return verdictOf(call.config, codeOf(answer));
    }

    Result<Json> messageOf(const PostalOrder& order, const Call& call) const {
        Json message = Json::object();
        const auto set = [&](const char* camel, Json value) {
            message.set(name(call, camel), std::move(value));
        };
        set("customerCode", call.config["customerCode"].string());
        if (lgsp(call) && !order.itemCode.empty()) set("itemCode", order.itemCode);
        set("orderNumber", order.number);
        set("codAmount", order.collect.value_or(0));
        MOTCUA_SDK_CHECK(setParty(call, message, "sender", order.sender));
        MOTCUA_SDK_CHECK(setParty(call, message, "receiver", order.receiver));
        set("senderDesc", order.contents);
        set("description", order.note);
        if (lgsp(call)) message.set("FlagConfig", 2);
        return message;
    }

    static Result<void> setParty(const Call& call, Json& message, const std::string& role,
                                 const PostalParty& party) {
        const auto codes = pairsOf(call.config["codes"].string());
        const auto place = [&](const char* field, const std::string& code, bool must) -> Result<Json> {
            const auto found = codes.find(code);
            const std::string theirs = found == codes.end() ? "" : found->second;
            if (code.empty() && !must) return Json{};
            if (theirs.empty() || theirs.size() > 9 ||
                theirs.find_first_not_of("0123456789") != std::string::npos)
                return invalid("postal.address_invalid", role + "." + field);
            return Json{static_cast<std::int64_t>(std::stoll(theirs))};
        };
        MOTCUA_SDK_TRY(province, place("provinceCode", party.provinceCode, true));
        MOTCUA_SDK_TRY(district, place("districtCode", party.districtCode, role == "sender"));
        std::string address = party.address;
        for (const std::string& part : {party.ward, party.district, party.province})
            if (!part.empty()) address += ", " + part;
        const auto set = [&](const char* what, Json value) {
            message.set(name(call, role + what), std::move(value));
        };
        set("Province", province);
        if (!district.isNull()) set("District", district);
        set("Address", address);
        set("Name", party.name);
        set("Email", party.email);
        set("Tel", local(party.phone));
        return {};
    }

    static std::optional<PostalProgress> progressOf(const Json& item, const Call& call) {
        PostalProgress progress;
        progress.number = firstOf(item, {"orderNumber", "OrderNumber"});
        progress.code = firstOf(item, {"statusCode", "StatusCode"});
        if (progress.number.empty() || progress.number.size() > 100 || progress.code.empty() ||
            progress.code.size() > 50)
            return std::nullopt;
        progress.state = stateOf(call.config, progress.code);
        progress.detail = cut(firstOf(item, {"statusMessage", "StatusMessage"}), 300);
        return progress;
    }

    // What the list has after `id`, in its order.
    Result<Page> pageAfter(const std::string& id, const Call& call) {
        HttpRequest request;
        request.method = "GET";
        const std::int64_t size = call.config["pageSize"].integer(200);
        request.url = baseOf(call) + call.config["trackPath"].string() +
                      "?customerCode=" + percentEncode(call.config["customerCode"].string()) +
                      "&pageSize=" + std::to_string(size) + "&lastId=" + percentEncode(id);
        MOTCUA_SDK_TRY(json, exchange(call, std::move(request)));
        const Json& items = json["_embedded"]["rhDoc"];
        if (!items.isArray() || items.items().size() > 1000)
            return unavailable("postal.provider_down", "the answer has no list of orders, or too long a one");
        Page page;
        for (const Json& item : items.items()) {
            const std::string itemId = wordOf(item["_id"]["$oid"]);
            const auto progress = progressOf(item, call);
            if (itemId.empty() || itemId.size() > 200 || !progress)
                return unavailable("postal.provider_down", "an order without its number, state or id");
            page.emplace_back(itemId, *progress);
        }
        if (!page.empty() && page.back().first == id)
            return unavailable("postal.provider_down", "the list does not go on");
        return page;
    }

    Result<Tracking> changes(const std::string& after, const Call& call) {
        MOTCUA_SDK_TRY(page, pageAfter(after.empty() ? firstId : after, call));
        std::map<std::string, PostalProgress> latest;
        Tracking tracking;
        for (const auto& [id, progress] : page) {
            latest[progress.number] = progress;
            tracking.next = id;
        }
        for (auto& [number, progress] : latest)
            tracking.parcels.push_back(std::move(progress));
        return tracking;
    }

    // The axis asks for no single order: the list is walked once for all that are wanted, within the
    // deadline.
    Result<Tracking> some(const std::vector<PostalReference>& references, const Call& call) {
        std::map<std::string, PostalProgress> found;
        for (const PostalReference& one : references) {
            PostalProgress& progress = found[one.number];
            progress.number = one.number;
            progress.state = PostalState::Unknown;
        }
        std::string id = firstId;
        const std::int64_t most = call.config["maxPages"].integer(500);
        for (std::int64_t turn = 0; turn < most; ++turn) {
            MOTCUA_SDK_TRY(page, pageAfter(id, call));
            for (const auto& [itemId, progress] : page) {
                const auto wanted = found.find(progress.number);
                if (wanted != found.end()) wanted->second = progress;
                id = itemId;
            }
            if (page.empty()) {
                Tracking tracking;
                for (auto& [number, progress] : found)
                    tracking.parcels.push_back(std::move(progress));
                return tracking;
            }
        }
        return unavailable("postal.provider_down", "the list is longer than maxPages");
    }

    Host host_;
    Rest rest_;
    OAuthTokens tokens_{};
};

MOTCUA_PLUGIN(VnPost)
