// Transfers by VietQR: the code, the bank's word on money that came, an official's word, the statement of a
// day.
#include "bank_word.h"
#include "emv.h"

#include "motcua/sdk/payment.h"

#include <algorithm>
#include <cstdlib>

using namespace motcua::sdk;

namespace {

constexpr std::int64_t hourMs = 3600 * 1000;
constexpr std::size_t pageLines = 1000;
constexpr std::size_t shortestContent = 6; // what is shorter would be found in every text
constexpr std::size_t longestText = 1000;  // of a bank, in which our content is looked for
constexpr int mostTries = 20;
constexpr const char* nobodys = "-"; // reference of money that is about no payment of ours

// What was asked for.
struct Asked {
    std::string reference;
    std::int64_t amount = 0;
};

HttpAnswer acknowledgement(int status, const char* code, const char* words) {
    const Json body = Json::object().set("code", code).set("message", words);
    return {status, "application/json", body.dump()};
}

PaymentAnswers acknowledgements() {
    PaymentAnswers answers;
    answers.confirmed = acknowledgement(200, "00", "Confirmed");
    answers.alreadyConfirmed = acknowledgement(200, "02", "Already confirmed");
    answers.unknownReference = acknowledgement(200, "01", "Unknown content");
    answers.wrongAmount = acknowledgement(200, "04", "Wrong amount");
    answers.notAuthentic = acknowledgement(401, "97", "Wrong signature");
    answers.failed = acknowledgement(500, "99", "Try again");
    return answers;
}

// The bare content has one of few shapes, kept so that it is found inside a bank's text: its beginning and
// length.
std::string shapeOf(const std::string& content) {
    return content.substr(0, 2) + std::to_string(content.size());
}

} // namespace

class VietQr final : public PaymentGateway, public PaymentDesk {
public:
    explicit VietQr(const Host& host) : host_(host) {}

    Result<PaymentPage> create(const CreatePayment& request, const Call& call) override {
        MOTCUA_SDK_TRY(content, contentOf(request.reference));
        MOTCUA_SDK_CHECK(remember(content, {request.reference, request.amount}, call));
        const bool asIs = call.config["content"].string() == "as-is";
        vietqr::Transfer transfer{call.config["bankBin"].string(), call.config["account"].string(),
                                  call.config["service"].text("QRIBFTTA"), request.amount,
                                  asIs ? request.reference : content};
        if (transfer.content.size() > vietqr::longestContent) transfer.content = content;
        PaymentPage page;
        page.qr = vietqr::codeOf(transfer);
        TransferDetails words;
        words.bank = call.config["bankName"].string();
        words.account = transfer.account;
        words.accountName = call.config["accountName"].string();
        words.content = transfer.content;
        page.transfer = words;
        page.expiresAt =
            request.expiresAt.value_or(request.createdAt + call.config["hours"].integer(24) * hourMs);
        return page;
    }

    // Nobody sends a browser back from here.
    Result<PaymentNotice> returned(const RawHttp&, const Call&) override {
        PaymentNotice notice;
        notice.answers = acknowledgements();
        notice.reason = "a transfer has no way back by the browser";
        return notice;
    }

    Result<PaymentNotice> notified(const RawHttp& request, const Call& call) override {
        PaymentNotice notice;
        notice.answers = acknowledgements();
        const auto secret = host_.secret(call, "notifySecret");
        if (!secret && secret.error().status != Status::NotFound) return secret.error();
        const std::string_view body = request.body ? request.body->view() : std::string_view{};
        const auto signature = request.headers.find(call.config["signatureHeader"].text("x-signature"));
        if (!secret || signature == request.headers.end() ||
            !vietqr::isSigned(call.config["algorithm"].string(), *secret, body, signature->second)) {
            notice.reason = !secret                              ? "no key is set"
                            : signature == request.headers.end() ? "no signature"
                                                                 : "wrong signature";
            return notice;
        }
        const auto json = Json::parse(body);
        if (!json || !json->isObject()) {
            notice.reason = "not a JSON object";
            return notice;
        }
        return judge(*json, call, std::move(notice));
    }

    Result<PaymentState> confirm(const ConfirmPayment& request, const Call& call) override {
        MOTCUA_SDK_TRY(content, contentOf(request.reference));
        MOTCUA_SDK_TRY(asked, askedFor(content, call));
        if (asked.reference != request.reference) return notFound("payment.unknown_reference");
        if (asked.amount != request.amount)
            return rejected("payment.amount_differs", "asked for " + std::to_string(asked.amount));
        const Json booked = Json::object()
                                .set("amount", request.amount)
                                .set("paidAt", request.paidAt)
                                .set("bankReference", request.bankReference);
        const auto put = host_.kvPut(call, {key("paid/", content, call), booked.dump(), 0, {}});
        if (!put && put.error().status != Status::Conflict) return put.error();
        return booking(request.reference, content, call);
    }

    // A bank is not asked: what an official has booked is known, all else comes by a notification.
    Result<PaymentState> query(const QueryPayment& request, const Call& call) override {
        MOTCUA_SDK_TRY(content, contentOf(request.reference));
        MOTCUA_SDK_TRY(asked, askedFor(content, call));
        if (asked.reference != request.reference) {
            PaymentState state;
            state.outcome = PaymentOutcome::Unknown;
            state.reference = request.reference;
            return state;
        }
        return booking(request.reference, content, call);
    }

    Result<RefundState> refund(const RefundPayment& request, const Call&) override {
        MOTCUA_SDK_CHECK(contentOf(request.reference));
        return rejected("payment.refused", "a transfer goes back by a payment order of the agency");
    }

    Result<Settlements> reconcile(const ReconcileRequest& request, const Call& call) override {
        if (!request.file) return invalid("payment.file_unreadable", "bring the bank's statement of the day");
        const auto rows = vietqr::rowsOf(request.file->view());
        if (!rows || rows->empty()) return invalid("payment.file_unreadable", "not a CSV");
        std::map<std::string, std::size_t> columns;
        for (const char* name : {"Id", "Amount", "Content", "Time"}) {
            const std::string column = call.config[std::string{"statement"} + name].string();
            const auto found = std::find(rows->front().begin(), rows->front().end(), column);
            if (found == rows->front().end())
                return invalid("payment.file_unreadable", "it has no column " + column);
            columns[name] = static_cast<std::size_t>(found - rows->front().begin());
        }
        return settle(*rows, columns, request, call);
    }

    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        checked.summary = call.config["bankName"].string() + " " + call.config["account"].string();
        return checked;
    }

private:
    static Result<std::string> contentOf(const std::string& reference) {
        std::string content = vietqr::bare(reference);
        const bool foreign =
            reference.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-") !=
            std::string::npos;
        if (foreign || content.size() < shortestContent || content.size() > vietqr::longestContent)
            return invalid("payment.reference_invalid", "6 to 25 letters and digits, . and - between them");
        return content;
    }

    static std::string key(const char* kind, const std::string& content, const Call& call) {
        return kind + call.profile + "/" + content;
    }

    Result<void> remember(const std::string& content, const Asked& asked, const Call& call) const {
        const Json json = Json::object().set("reference", asked.reference).set("amount", asked.amount);
        const auto put = host_.kvPut(call, {key("asked/", content, call), json.dump(), 0, {}});
        if (!put && put.error().status != Status::Conflict) return put.error();
        MOTCUA_SDK_TRY(stored, askedFor(content, call));
        if (stored.reference != asked.reference || stored.amount != asked.amount)
            return invalid("payment.reference_invalid", "asked before, for something else");
        return rememberShape(shapeOf(content), call);
    }

    Result<void> rememberShape(const std::string& shape, const Call& call) const {
        const std::string name = "shapes/" + call.profile;
        for (int i = 0; i < mostTries; ++i) {
            MOTCUA_SDK_TRY(stored, host_.kvGet(call, name));
            Json shapes = Json::parse(stored.value).value_or(Json::array());
            const auto& known = shapes.items();
            if (std::find(known.begin(), known.end(), Json{shape}) != known.end()) return {};
            shapes.add(shape);
            const auto put = host_.kvPut(call, {name, shapes.dump(), stored.version, {}});
            if (put) return {};
            if (put.error().status != Status::Conflict) return put.error();
        }
        return unavailable("payment.provider_down", "too many begin at once", 1000);
    }

    // An empty reference where there is none.
    Result<Asked> askedFor(const std::string& content, const Call& call) const {
        MOTCUA_SDK_TRY(stored, host_.kvGet(call, key("asked/", content, call)));
        const Json json = Json::parse(stored.value).value_or(Json{});
        return Asked{json["reference"].string(), json["amount"].integer()};
    }

    Result<PaymentState> booking(const std::string& reference, const std::string& content,
                                 const Call& call) const {
        MOTCUA_SDK_TRY(stored, host_.kvGet(call, key("paid/", content, call)));
        PaymentState state;
        state.reference = reference;
        state.outcome = PaymentOutcome::Pending;
        const auto json = Json::parse(stored.value);
        if (!json) return state;
        state.outcome = PaymentOutcome::Paid;
        state.amount = (*json)["amount"].integer();
        state.paidAt = (*json)["paidAt"].integer();
        state.providerReference = (*json)["bankReference"].string();
        return state;
    }

    // The reference of the one payment that a bank's text names; empty where it names none, or two.
    Result<std::string> named(std::string_view text, const Call& call) const {
        const std::string letters = vietqr::bare(text.substr(0, longestText));
        MOTCUA_SDK_TRY(stored, host_.kvGet(call, "shapes/" + call.profile));
        std::string found;
        const Json shapes = Json::parse(stored.value).value_or(Json::array());
        for (const Json& shape : shapes.items()) {
            const std::string begin = shape.string().substr(0, 2);
            const auto length = static_cast<std::size_t>(std::atoi(shape.string().c_str() + 2));
            for (std::size_t at = letters.find(begin); at != std::string::npos;
                 at = letters.find(begin, at + 1)) {
                if (at + length > letters.size()) break;
                MOTCUA_SDK_TRY(asked, askedFor(letters.substr(at, length), call));
                if (asked.reference.empty() || asked.reference == found) continue;
                if (!found.empty()) return std::string{};
                found = asked.reference;
            }
        }
        return found;
    }

    // Of what is signed every field must be there and be ours.
    Result<PaymentNotice> judge(const Json& json, const Call& call, PaymentNotice notice) {
        const auto field = [&](const char* name) -> const Json& { return json[call.config[name].string()]; };
        const auto amount = vietqr::amountIn(field("amountField"));
        const std::string id =
            field("idField").isInteger() ? field("idField").dump() : field("idField").string();
        if (field("accountField").string() != call.config["account"].string()) {
            notice.reason = "about another account";
        } else if (field("currencyField").string() != "VND") {
            notice.reason = "in another currency";
        } else if (!amount || *amount <= 0) {
            notice.reason = "no amount that came in";
        } else if (id.empty() || id.size() > 100 || !field("contentField").isString()) {
            notice.reason = "without an id or a content";
        }
        if (!notice.reason.empty()) return notice;
        PaymentState state;
        MOTCUA_SDK_TRY(reference, named(field("contentField").string(), call));
        state.outcome = PaymentOutcome::Paid;
        state.reference = reference.empty() ? nobodys : std::move(reference);
        state.amount = amount;
        state.providerReference = id;
        state.bank = call.config["bankBin"].string();
        state.paidAt = vietqr::timeOf(field("timeField").string());
        notice.authentic = true;
        notice.key = id;
        notice.state = std::move(state);
        return notice;
    }

    Result<Settlements> settle(const std::vector<std::vector<std::string>>& rows,
                               const std::map<std::string, std::size_t>& columns,
                               const ReconcileRequest& request, const Call& call) const {
        Settlements settled;
        std::int64_t unreadable = 0;
        const auto from = static_cast<std::size_t>(std::max(1, std::atoi(request.page.c_str())));
        for (std::size_t i = from; i < rows.size(); ++i) {
            if (settled.lines.size() == pageLines) {
                settled.next = std::to_string(i);
                break;
            }
            const auto cell = [&](const char* name) -> std::string {
                const std::size_t at = columns.at(name);
                return at < rows[i].size() ? rows[i][at] : std::string{};
            };
            const auto amount = vietqr::amountOf(cell("Amount"));
            const auto at = vietqr::timeOf(cell("Time"));
            if (!amount || !at) {
                ++unreadable;
                continue;
            }
            Settlement line;
            MOTCUA_SDK_TRY(reference, named(cell("Content"), call));
            line.kind = *amount < 0 ? SettlementKind::Refund : SettlementKind::Payment;
            line.reference = std::move(reference);
            line.providerReference = cell("Id").substr(0, 100);
            line.amount = *amount < 0 ? -*amount : *amount;
            line.at = *at;
            line.outcome = PaymentOutcome::Paid;
            settled.lines.push_back(std::move(line));
        }
        if (unreadable > 0) settled.unreadable = unreadable;
        return settled;
    }

    Host host_;
};

MOTCUA_PLUGIN(VietQr)
