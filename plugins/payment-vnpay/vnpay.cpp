// Payments through VNPay 2.1.0. What the provider says is believed only with its signature; amounts leave and
// enter in hundredths of a đồng, as the protocol wants them.
#include "protocol.h"

#include "motcua/sdk/payment.h"

using namespace motcua::sdk;

namespace {

using vnpay::Fields;

constexpr std::int64_t hundredths = 100;

HttpAnswer acknowledgement(const char* code, const char* message) {
    return {200, "application/json", Json::object().set("RspCode", code).set("Message", message).dump()};
}

// The words that VNPay expects for each outcome of a notification.
PaymentAnswers acknowledgements() {
    PaymentAnswers answers;
    answers.confirmed = acknowledgement("00", "Confirm Success");
    answers.alreadyConfirmed = acknowledgement("02", "Order already confirmed");
    answers.unknownReference = acknowledgement("01", "Order not found");
    answers.wrongAmount = acknowledgement("04", "Invalid amount");
    answers.notAuthentic = acknowledgement("97", "Fail checksum");
    answers.failed = acknowledgement("99", "Unknown error");
    return answers;
}

std::string valueOf(const Fields& fields, const char* name) {
    const auto found = fields.find(name);
    return found == fields.end() ? std::string{} : found->second;
}

// Hundredths as đồng; nothing for what is no whole number of đồng.
std::optional<std::int64_t> amountOf(const std::string& text) {
    if (text.empty() || text.size() > 15 || text.find_first_not_of("0123456789") != std::string::npos)
        return std::nullopt;
    const std::int64_t amount = std::stoll(text);
    return amount % hundredths == 0 ? std::optional{amount / hundredths} : std::nullopt;
}

// What VNPay takes as vnp_TxnRef, and what cannot be mistaken inside a hashed text.
bool isReference(const std::string& text) {
    return !text.empty() && text.size() <= 100 &&
           text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_") ==
               std::string::npos;
}

Error badReference() {
    return invalid("payment.reference_invalid", "letters, digits and . - _ only");
}

Error badMoment() {
    return invalid("plugin.malformed", "a time beyond the year 9999");
}

// Words go into texts joined by "|".
std::string plain(std::string text) {
    for (char& c : text)
        if (c == '|' || static_cast<unsigned char>(c) < 0x20) c = ' ';
    return text;
}

} // namespace

class VnPay final : public PaymentGateway {
public:
    explicit VnPay(const Host& host) : host_(host) {}

    Result<PaymentPage> create(const CreatePayment& request, const Call& call) override {
        if (!isReference(request.reference)) return badReference();
        if (!vnpay::isMoment(request.createdAt) || !vnpay::isMoment(request.expiresAt.value_or(0)))
            return badMoment();
        MOTCUA_SDK_TRY(secret, host_.secret(call, "hashSecret"));
        // All times follow from the stored attempt: a repetition makes the same page.
        const std::int64_t expires =
            request.expiresAt.value_or(request.createdAt + call.config["minutes"].integer(15) * 60'000);
        Fields fields{{"vnp_Version", "2.1.0"},
                      {"vnp_Command", "pay"},
                      {"vnp_TmnCode", call.config["tmnCode"].string()},
                      {"vnp_Amount", std::to_string(request.amount * hundredths)},
                      {"vnp_CurrCode", "VND"},
                      {"vnp_TxnRef", request.reference},
                      {"vnp_OrderInfo", request.description},
                      {"vnp_OrderType", call.config["orderType"].text("other")},
                      {"vnp_ReturnUrl", request.returnUrl},
                      {"vnp_IpAddr", request.clientIp},
                      {"vnp_Locale", call.locale == "en" ? "en" : "vn"},
                      {"vnp_CreateDate", vnpay::moment(request.createdAt)},
                      {"vnp_ExpireDate", vnpay::moment(expires)},
                      {"vnp_BankCode", request.bank}};
        const std::string query = vnpay::queryOf(fields);
        const std::string url = call.config["payUrl"].string();
        PaymentPage page;
        page.url = url + (url.find('?') == std::string::npos ? "?" : "&") + query +
                   "&vnp_SecureHash=" + vnpay::sign(secret, query);
        page.expiresAt = expires;
        return page;
    }

    Result<PaymentNotice> returned(const RawHttp& request, const Call& call) override {
        return judge(request, call);
    }
    Result<PaymentNotice> notified(const RawHttp& request, const Call& call) override {
        return judge(request, call);
    }

    Result<PaymentState> query(const QueryPayment& request, const Call& call) override {
        if (!isReference(request.reference)) return badReference();
        if (!vnpay::isMoment(request.createdAt)) return badMoment();
        Fields fields{{"vnp_RequestId", requestId(call, request.reference)},
                      {"vnp_Version", "2.1.0"},
                      {"vnp_Command", "querydr"},
                      {"vnp_TmnCode", call.config["tmnCode"].string()},
                      {"vnp_TxnRef", request.reference},
                      {"vnp_OrderInfo", plain(request.description.empty() ? "Tra cuu " + request.reference
                                                                          : request.description)},
                      {"vnp_TransactionDate", vnpay::moment(request.createdAt)},
                      {"vnp_CreateDate", vnpay::moment(host_.nowMs())},
                      {"vnp_IpAddr", request.clientIp}};
        MOTCUA_SDK_TRY(reply, ask(fields, vnpay::queryRequest, vnpay::queryResponse, call));
        const std::string code = valueOf(reply, "vnp_ResponseCode");
        PaymentState state;
        state.reference = request.reference;
        state.code = code;
        state.detail = valueOf(reply, "vnp_Message");
        if (code == "91") {
            state.outcome = PaymentOutcome::Unknown;
            return state;
        }
        if (code == "94") return unavailable("payment.provider_down", "94: asked again too soon", 60'000);
        if (code != "00") return refusal(code, state.detail);
        return stateOf(reply, request.reference);
    }

    Result<RefundState> refund(const RefundPayment& request, const Call& call) override {
        if (!isReference(request.reference)) return badReference();
        if (!vnpay::isMoment(request.createdAt) || !vnpay::isMoment(request.requestedAt)) return badMoment();
        if (request.amount > request.paidAmount) return invalid("plugin.malformed", "more than was paid");
        Fields fields{
            {"vnp_RequestId", requestId(call, request.reference)},
            {"vnp_Version", "2.1.0"},
            {"vnp_Command", "refund"},
            {"vnp_TmnCode", call.config["tmnCode"].string()},
            {"vnp_TransactionType", request.amount == request.paidAmount ? "02" : "03"},
            {"vnp_TxnRef", request.reference},
            {"vnp_Amount", std::to_string(request.amount * hundredths)},
            {"vnp_OrderInfo", plain(request.reason)},
            {"vnp_TransactionNo", request.providerReference.empty() ? "0" : plain(request.providerReference)},
            {"vnp_TransactionDate", vnpay::moment(request.createdAt)},
            {"vnp_CreateDate", vnpay::moment(request.requestedAt)},
            {"vnp_CreateBy", plain(request.requestedBy)},
            {"vnp_IpAddr", request.clientIp}};
        MOTCUA_SDK_TRY(reply, ask(fields, vnpay::refundRequest, vnpay::refundResponse, call));
        return refundStateOf(reply, request);
    }

    // Asks for a payment that cannot exist: the provider's signed "not found" proves address, merchant and
    // secret.
    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        const auto state = query(
            {"MOTCUA-TEST-" + std::to_string(host_.nowMs()), host_.nowMs(), "127.0.0.1", "Kiem tra ket noi"},
            call);
        if (!state) {
            checked.findings.push_back({fieldOf(state.error()), state.error().code, state.error().detail});
        } else {
            checked.summary = call.config["tmnCode"].string() + ": " + state->code;
        }
        return checked;
    }

private:
    // A signed query, from the provider itself or by way of the citizen's browser.
    Result<PaymentNotice> judge(const RawHttp& request, const Call& call) {
        PaymentNotice notice;
        notice.answers = acknowledgements();
        MOTCUA_SDK_TRY(secret, host_.secret(call, "hashSecret"));
        auto fields = vnpay::parseQuery(request.query);
        if (!fields) {
            notice.reason = "the query is broken, or a field comes twice";
            return notice;
        }
        const std::string hash = valueOf(*fields, "vnp_SecureHash");
        fields->erase("vnp_SecureHash");
        fields->erase("vnp_SecureHashType");
        std::erase_if(*fields, [](const auto& field) {
            return field.first.rfind("vnp_", 0) != 0;
        }); // our own, in the return URL
        if (!vnpay::isSignedBy(secret, vnpay::queryOf(*fields), hash)) {
            notice.reason = hash.empty() ? "no signature" : "wrong signature";
            return notice;
        }
        if (valueOf(*fields, "vnp_TmnCode") != call.config["tmnCode"].string()) {
            notice.reason = "signed for another merchant";
            return notice;
        }
        auto state = stateOf(*fields, valueOf(*fields, "vnp_TxnRef"));
        if (!state) {
            notice.reason = state.error().detail;
            return notice;
        }
        notice.authentic = true;
        notice.key = state->reference + "/" + valueOf(*fields, "vnp_TransactionNo") + "/" +
                     valueOf(*fields, "vnp_ResponseCode") + "/" + valueOf(*fields, "vnp_TransactionStatus");
        notice.state = std::move(*state);
        return notice;
    }

    // Every signed field that says what was paid must be there and make sense.
    static Result<PaymentState> stateOf(const Fields& fields, const std::string& reference) {
        PaymentState state;
        state.reference = valueOf(fields, "vnp_TxnRef");
        state.amount = amountOf(valueOf(fields, "vnp_Amount"));
        if (!isReference(state.reference) || state.reference != reference)
            return unavailable("payment.not_signed", "the answer is about another payment");
        if (!state.amount) return unavailable("payment.not_signed", "the amount is no whole number of đồng");
        const std::string currency = valueOf(fields, "vnp_CurrCode");
        if (!currency.empty() && currency != "VND")
            return unavailable("payment.not_signed", "currency " + currency);
        const std::string response = valueOf(fields, "vnp_ResponseCode"),
                          status = valueOf(fields, "vnp_TransactionStatus");
        state.outcome = vnpay::outcomeOf(response, status);
        state.code = status.empty() ? response : response + "/" + status;
        state.detail = vnpay::wordsOf(response, status);
        state.refund = vnpay::refundOf(valueOf(fields, "vnp_TransactionType"), status);
        state.providerReference = valueOf(fields, "vnp_TransactionNo");
        state.bank = valueOf(fields, "vnp_BankCode");
        state.paidAt = vnpay::parseMoment(valueOf(fields, "vnp_PayDate"));
        return state;
    }

    static Result<RefundState> refundStateOf(const Fields& reply, const RefundPayment& request) {
        RefundState state;
        state.code = valueOf(reply, "vnp_ResponseCode");
        state.detail = valueOf(reply, "vnp_Message");
        state.providerReference = valueOf(reply, "vnp_TransactionNo");
        // 94: this very order is being worked on; 99 and what is unknown: nobody can say. Ask before ordering
        // again.
        state.outcome = RefundOutcome::Pending;
        if (state.code == "00") {
            if (valueOf(reply, "vnp_TxnRef") != request.reference ||
                amountOf(valueOf(reply, "vnp_Amount")) != std::optional{request.amount})
                return unavailable("payment.not_signed", "the answer is about another refund");
            const std::string status = valueOf(reply, "vnp_TransactionStatus");
            state.outcome =
                status == "09" || status == "02" ? RefundOutcome::Refused : RefundOutcome::Accepted;
        } else if (state.code == "91" || state.code == "95") {
            state.outcome = RefundOutcome::Refused;
        } else if (state.code == "02" || state.code == "03" || state.code == "97") {
            return refusal(state.code, state.detail);
        }
        return state;
    }

    static Error refusal(const std::string& code, const std::string& message) {
        const std::string detail = code + ": " + message;
        if (code == "02" || code == "97") return denied("payment.merchant_refused", detail);
        if (code == "03") return invalid("plugin.malformed", detail);
        return unavailable("payment.provider_down", detail);
    }

    // One request to the provider's API: signed there, verified back. An answer without a signature is no
    // answer.
    Result<Fields> ask(Fields& fields, const std::vector<const char*>& hashed,
                       const std::vector<const char*>& replyHashed, const Call& call) {
        MOTCUA_SDK_TRY(secret, host_.secret(call, "hashSecret"));
        fields["vnp_SecureHash"] = vnpay::sign(secret, vnpay::joined(fields, hashed));
        Json body = Json::object();
        for (const auto& [name, value] : fields)
            body.set(name, value);
        HttpRequest request{
            "POST", call.config["apiUrl"].string(), {{"Content-Type", "application/json"}}, Blob{body.dump()},
            {},     call.config["ca"].string()};
        auto response = host_.http(call, request);
        if (!response) {
            const Error& error = response.error();
            if (error.status == Status::Unavailable)
                return unavailable("payment.provider_down", error.code + " " + error.detail);
            return error;
        }
        if (response->status != 200)
            return unavailable("payment.provider_down", "HTTP " + std::to_string(response->status));
        const auto json = Json::parse(response->body ? response->body->view() : "");
        if (!json || !json->isObject()) return unavailable("payment.not_signed", "the answer is not JSON");
        Fields reply;
        for (const auto& [name, value] : json->members())
            reply[name] = value.isString() ? value.string() : value.isNull() ? "" : value.dump();
        if (!vnpay::isSignedBy(secret, vnpay::joined(reply, replyHashed), valueOf(reply, "vnp_SecureHash"))) {
            // It refuses who it does not know, or whose signature it does not take, without signing that.
            const std::string code = valueOf(reply, "vnp_ResponseCode");
            if (valueOf(reply, "vnp_SecureHash").empty() && (code == "02" || code == "97"))
                return refusal(code, valueOf(reply, "vnp_Message"));
            return unavailable("payment.not_signed", "signature missing or wrong");
        }
        if (!valueOf(reply, "vnp_TmnCode").empty() &&
            valueOf(reply, "vnp_TmnCode") != call.config["tmnCode"].string())
            return unavailable("payment.not_signed", "signed for another merchant");
        return reply;
    }

    // The provider takes each id once a day; the same order must have the same one.
    std::string requestId(const Call& call, const std::string& reference) const {
        if (call.idempotencyKey.empty()) return vnpay::requestId(host_.random(16));
        return vnpay::requestId(call.profile + "|" + reference + "|" + call.idempotencyKey);
    }

    static std::string fieldOf(const Error& error) {
        if (error.code == "payment.merchant_refused") return "tmnCode";
        if (error.code == "payment.not_signed" || error.code == "host.no_such_secret") return "hashSecret";
        return "apiUrl";
    }

    Host host_;
};

MOTCUA_PLUGIN(VnPay)
