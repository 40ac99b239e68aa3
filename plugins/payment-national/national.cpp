// The national payment platform (Nền tảng thanh toán trực tuyến của Cổng Dịch vụ công quốc gia),
// message 1.0.6.
#include "protocol.h"

#include <algorithm>

using namespace motcua::sdk;

namespace {

HttpAnswer bare(const char* code, const char* words) {
    return {200, "application/json", Json::object().set("MaLoi", code).set("MoTaLoi", words).dump()};
}

// What is answered where nothing of the message is believed: nothing of it is sent back, and nothing is
// signed.
PaymentAnswers refusals() {
    const HttpAnswer refusal = bare("99", "Sai ma xac thuc");
    return {refusal, refusal, refusal, refusal, refusal, bare("99", "Loi he thong")};
}

PaymentOutcome outcomeOf(const std::string& status) {
    if (status == "1") return PaymentOutcome::Paid;
    return status == "4" ? PaymentOutcome::Failed : PaymentOutcome::Pending;
}

bool isReference(const std::string& text) {
    return !text.empty() && text.size() <= 100 &&
           text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-") ==
               std::string::npos &&
           !national::referenceOf("", text).empty();
}

} // namespace

class NationalPlatform final : public PaymentGateway {
public:
    explicit NationalPlatform(const Host& host) : host_(host) {}

    Result<PaymentPage> create(const CreatePayment& request, const Call& call) override {
        if (!isReference(request.reference))
            return invalid("payment.reference_invalid", "letters, digits, . and - only");
        const std::string theirs = theirsOf(request.reference, call);
        MOTCUA_SDK_TRY(known, remembered(theirs, call));
        if (known.reference.empty()) {
            MOTCUA_SDK_TRY(kept, remember(theirs, {request.reference, request.amount, {}, 0}, call));
            known = std::move(kept);
        }
        if (known.reference != request.reference || known.amount != request.amount)
            return invalid("payment.reference_invalid", "used before, for something else");
        if (known.url.empty()) { // a repetition must not begin a second time
            MOTCUA_SDK_TRY(url, begin(request, theirs, call));
            known.url = std::move(url);
            MOTCUA_SDK_TRY(kept, remember(theirs, known, call));
            known = std::move(kept);
        }
        PaymentPage page;
        page.url = known.url;
        page.expiresAt =
            request.expiresAt.value_or(request.createdAt + call.config["minutes"].integer(15) * 60'000);
        return page;
    }

    // The platform's page comes back with the same fields, if with any.
    Result<PaymentNotice> returned(const RawHttp& request, const Call& call) override {
        return judge(national::fieldsOf(request.query), call);
    }

    Result<PaymentNotice> notified(const RawHttp& request, const Call& call) override {
        const auto json = Json::parse(request.body ? request.body->view() : std::string_view{});
        return judge(json.value_or(Json{}), call);
    }

    Result<PaymentState> query(const QueryPayment& request, const Call& call) override {
        if (!isReference(request.reference))
            return invalid("payment.reference_invalid", "letters, digits, . and - only");
        const std::string theirs = theirsOf(request.reference, call);
        MOTCUA_SDK_TRY(response, ask("QUERY", "queryUrl", theirs, request.createdAt, call));
        MOTCUA_SDK_TRY(reply, unwrapped(response));
        const std::string code = reply["MaLoi"].string();
        MOTCUA_SDK_TRY(secret, host_.secret(call, "secret"));
        if (!covers("queryOrder", call))
            return unavailable("payment.not_signed", "queryOrder leaves out what must be signed");
        if (!national::isSealed(reply, call.config["queryOrder"].string(), secret)) {
            if (reply["MaXacThuc"].string().empty() && !code.empty() && code != "00")
                return denied("payment.merchant_refused", "MaLoi " + shortly(code));
            return unavailable("payment.not_signed", "signature missing or wrong");
        }
        MOTCUA_SDK_CHECK(isOurs(reply, theirs, call));
        return stateOf(reply, request.reference, reply["TrangThaiGD"]);
    }

    // 1.0.6 has no message for it.
    Result<RefundState> refund(const RefundPayment& request, const Call&) override {
        if (!isReference(request.reference))
            return invalid("payment.reference_invalid", "letters, digits, . and - only");
        return rejected("payment.refused",
                        "1.0.6 has no refund: it goes back by a payment order of the agency");
    }

    Result<Receipt> receipt(const ReceiptRequest& request, const Call& call) override {
        if (!isReference(request.reference))
            return invalid("payment.reference_invalid", "letters, digits, . and - only");
        const std::string theirs = theirsOf(request.reference, call);
        MOTCUA_SDK_TRY(response, ask("GET_BILL", "billUrl", theirs, request.createdAt, call));
        Receipt receipt;
        receipt.number = request.providerReference;
        if (response.body && response.body->view().starts_with("%PDF-")) {
            receipt.document = Paper{"bien-lai-" + theirs + ".pdf", "application/pdf", *response.body};
            return receipt;
        }
        MOTCUA_SDK_TRY(reply, unwrapped(response));
        const std::string& url = reply["UrlBienLai"].string();
        if (url.empty()) return notFound("payment.no_receipt", "MaLoi " + shortly(reply["MaLoi"].string()));
        if (!national::liesAt(url, call.config["billUrl"].string()) &&
            !national::liesAt(url, call.config["payUrl"].string()))
            return unavailable("payment.not_signed", "the receipt lies at a foreign place");
        receipt.url = url;
        return receipt;
    }

    // Asks for a payment that cannot exist: the signed answer proves address, partner and secret.
    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        for (const auto& [setting, names] : demanded) {
            const auto order = national::namesOf(call.config[setting].string());
            for (const char* name : names)
                if (std::find(order.begin(), order.end(), name) == order.end())
                    checked.findings.push_back(
                        {setting, "payment.not_signed", std::string{name} + " is not signed"});
        }
        if (!checked.findings.empty()) return checked;
        const auto state = query(
            {"MOTCUATEST" + std::to_string(host_.nowMs()), host_.nowMs(), "127.0.0.1", "Kiem tra"}, call);
        if (state || state.error().code == "payment.unknown_reference") {
            checked.summary = call.config["partner"].string();
        } else {
            const std::string& code = state.error().code;
            const char* field = code == "payment.merchant_refused"                              ? "partner"
                                : code == "payment.not_signed" || code == "host.no_such_secret" ? "secret"
                                                                                                : "queryUrl";
            checked.findings.push_back({field, code, state.error().detail});
        }
        return checked;
    }

private:
    // What a signature must cover to be believed.
    static inline const std::vector<std::pair<const char*, std::vector<const char*>>> demanded{
        {"callbackOrder", {"MaLoi", "MaDoiTac", "MaThamChieu", "SoTien", "MaTienTe", "MaGiaoDich"}},
        {"queryOrder", {"MaDoiTac", "MaThamChieu", "SoTien", "MaTienTe", "TrangThaiGD"}}};

    static bool covers(const char* setting, const Call& call) {
        const auto order = national::namesOf(call.config[setting].string());
        for (const auto& [name, fields] : demanded)
            for (const char* field : fields)
                if (std::string_view{name} == setting &&
                    std::find(order.begin(), order.end(), field) == order.end())
                    return false;
        return true;
    }

    struct Known {
        std::string reference; // ours
        std::int64_t amount = 0;
        std::string url;
        std::int64_t version = 0;
    };

    static std::string theirsOf(const std::string& reference, const Call& call) {
        return national::referenceOf(call.config["prefix"].string(), reference);
    }
    static std::string key(const std::string& theirs, const Call& call) {
        return "asked/" + call.profile + "/" + theirs;
    }
    static std::string shortly(const std::string& text) { return text.substr(0, 20); }

    // Theirs has lost the signs of ours: which it was is kept.
    Result<Known> remembered(const std::string& theirs, const Call& call) const {
        MOTCUA_SDK_TRY(stored, host_.kvGet(call, key(theirs, call)));
        const Json json = Json::parse(stored.value).value_or(Json{});
        return Known{json["reference"].string(), json["amount"].integer(), json["url"].string(),
                     stored.version};
    }

    // What is kept now: where another call was quicker, what that one wrote.
    Result<Known> remember(const std::string& theirs, const Known& known, const Call& call) const {
        const Json json = Json::object()
                              .set("reference", known.reference)
                              .set("amount", known.amount)
                              .set("url", known.url);
        const auto put = host_.kvPut(call, {key(theirs, call), json.dump(), known.version, {}});
        if (!put && put.error().status != Status::Conflict) return put.error();
        return remembered(theirs, call);
    }

    // INIT: where the citizen pays.
    Result<std::string> begin(const CreatePayment& request, const std::string& theirs, const Call& call) {
        MOTCUA_SDK_TRY(secret, host_.secret(call, "secret"));
        const std::vector<std::pair<const char*, std::string>> fields{
            {"LoaiBanTin", "INIT"},
            {"PhienBan", national::version},
            {"MaDoiTac", call.config["partner"].string()},
            {"MaThamChieu", theirs},
            {"SoTien", std::to_string(request.amount)},
            {"LoaiHinhThanhToan", "PAY"},
            {"MaKenhThanhToan", "1"},
            {"MaThietBi", "1"},
            {"NgonNgu", "vi-VN"},
            {"MaTienTe", "VND"},
            {"MaNganHang", "PAYMENT"},
            {"ThongTinGiaoDich", national::plain(request.description)},
            {"ThoiGianGD", national::moment(request.createdAt)},
            {"Ip", request.clientIp}};
        Json body = Json::object();
        std::vector<std::string> values;
        for (const auto& [name, value] : fields) {
            body.set(name, value);
            values.push_back(value);
        }
        body.set("MaXacThuc", national::sealOf(values, secret));
        body.set("ThongTinBienLai", national::receiptPart(request, call.config));
        MOTCUA_SDK_TRY(response, send("initUrl", body, call));
        MOTCUA_SDK_TRY(reply, unwrapped(response));
        const std::string& url = reply["UrlThanhToan"].string();
        const std::string& code = reply["MaLoi"].string();
        if (url.empty() || (!code.empty() && code != "00"))
            return rejected("payment.refused", "MaLoi " + shortly(code));
        if (!national::liesAt(url, call.config["payUrl"].string()))
            return unavailable("payment.not_signed", "the page lies at a foreign place");
        return url;
    }

    // QUERY and GET_BILL have the same shape.
    Result<HttpResponse> ask(const char* kind, const char* address, const std::string& theirs,
                             std::int64_t createdAt, const Call& call) {
        MOTCUA_SDK_TRY(secret, host_.secret(call, "secret"));
        const std::string partner = call.config["partner"].string(), time = national::moment(createdAt);
        Json body = Json::object().set("LoaiBanTin", kind).set("PhienBan", national::version);
        body.set("MaDoiTac", partner).set("MaThamChieu", theirs).set("ThoiGianGD", time);
        body.set("MaXacThuc", national::sealOf({kind, national::version, partner, theirs, time}, secret));
        return send(address, body, call);
    }

    Result<HttpResponse> send(const char* address, const Json& body, const Call& call) {
        HttpRequest request{"POST",
                            call.config[address].string(),
                            {{"Content-Type", "application/json; charset=utf-8"}},
                            Blob{body.dump()},
                            {},
                            call.config["ca"].string()};
        const auto bearer = host_.secret(call, "bearer");
        if (!bearer && bearer.error().status != Status::NotFound) return bearer.error();
        if (bearer && !bearer->empty()) request.headers["Authorization"] = "Bearer " + *bearer;
        auto response = host_.http(call, request);
        if (!response) {
            const Error& error = response.error();
            if (error.status != Status::Unavailable) return error;
            return unavailable("payment.provider_down", error.code + " " + error.detail);
        }
        if (response->status == 401 || response->status == 403)
            return denied("payment.merchant_refused", "HTTP " + std::to_string(response->status));
        if (response->status != 200)
            return unavailable("payment.provider_down", "HTTP " + std::to_string(response->status));
        return response;
    }

    // The message itself, or inside the wrapper of the axis in between:
    // {"error_code":"0","message":"<JSON>"}.
    static Result<Json> unwrapped(const HttpResponse& response) {
        auto json = Json::parse(response.body ? response.body->view() : std::string_view{});
        if (json && json->isObject() && json->has("error_code")) {
            const Json code = (*json)["error_code"], message = (*json)["message"];
            if (code.text("") != "0" && code != Json{0})
                return rejected("payment.refused",
                                "error_code " + shortly(code.isString() ? code.string() : code.dump()));
            json = message.isString() ? Json::parse(message.string()) : std::optional{message};
        }
        if (!json || !json->isObject()) return unavailable("payment.provider_down", "the answer is not JSON");
        return std::move(*json);
    }

    // Merchant, reference and currency are ours.
    static Result<void> isOurs(const Json& message, const std::string& theirs, const Call& call) {
        if (message["MaDoiTac"].string() != call.config["partner"].string())
            return unavailable("payment.not_signed", "signed for another partner");
        if (message["MaThamChieu"].string() != theirs)
            return unavailable("payment.not_signed", "the answer is about another payment");
        const std::string& currency = message["MaTienTe"].string();
        if (currency != "VND" && !currency.empty())
            return unavailable("payment.not_signed", "another currency");
        return {};
    }

    static Result<PaymentState> stateOf(const Json& message, const std::string& reference,
                                        const Json& status) {
        PaymentState state;
        state.reference = reference;
        state.code = status.isString() ? status.string() : status.dump();
        state.outcome = outcomeOf(state.code);
        state.amount = national::amountOf(national::fieldOf(message, "SoTien").value_or(""));
        if (state.outcome == PaymentOutcome::Paid && (!state.amount || message["MaTienTe"].string() != "VND"))
            return unavailable("payment.not_signed", "paid, but no amount in đồng");
        state.providerReference = message["MaGiaoDich"].string();
        state.bank = message["MaNganHang"].string();
        state.paidAt = national::parseMoment(message["ThoiGianGD"].string());
        return state;
    }

    Result<PaymentNotice> judge(const Json& message, const Call& call) {
        PaymentNotice notice;
        notice.answers = refusals();
        MOTCUA_SDK_TRY(secret, host_.secret(call, "secret"));
        if (!message.isObject() || message["MaXacThuc"].string().empty()) {
            notice.reason = "no signature";
        } else if (!covers("callbackOrder", call)) {
            notice.reason = "callbackOrder leaves out what must be signed";
        } else if (!national::isSealed(message, call.config["callbackOrder"].string(), secret)) {
            notice.reason = "wrong signature";
        } else if (message["MaDoiTac"].string() != call.config["partner"].string()) {
            notice.reason = "signed for another partner";
        } else if (message["MaTienTe"].string() != "VND") {
            notice.reason = "another currency";
        } else if (message["MaLoi"].string().empty()) {
            notice.reason = "without a result";
        }
        if (!notice.reason.empty()) return notice;
        return believed(message, call, secret, std::move(notice));
    }

    Result<PaymentNotice> believed(const Json& message, const Call& call, const std::string& secret,
                                   PaymentNotice notice) {
        const std::string theirs = message["MaThamChieu"].string(), code = message["MaLoi"].string();
        const auto amount = national::amountOf(national::fieldOf(message, "SoTien").value_or(""));
        if (theirs.empty() || theirs.size() > 150 || national::referenceOf("", theirs) != theirs || !amount) {
            notice.reason = "no reference, or no amount in đồng";
            return notice;
        }
        MOTCUA_SDK_TRY(known, remembered(theirs, call));
        PaymentState state;
        state.outcome = code == "00" ? PaymentOutcome::Paid : PaymentOutcome::Failed;
        state.reference = known.reference.empty() ? theirs : known.reference;
        state.amount = amount;
        state.providerReference = message["MaGiaoDich"].string();
        state.bank = message["MaNganHang"].string();
        state.paidAt = national::parseMoment(message["ThoiGianGD"].string());
        state.code = code;
        notice.authentic = true;
        notice.key = theirs + "/" + state.providerReference + "/" + code;
        notice.state = std::move(state);
        notice.answers = answersTo(theirs, message["ThoiGianGD"].string(), call, secret);
        return notice;
    }

    // Signed afresh: what came in is not sent back as our own word.
    static PaymentAnswers answersTo(const std::string& theirs, const std::string& time, const Call& call,
                                    const std::string& secret) {
        const auto answer = [&](const char* code, const char* words) {
            Json body = Json::object().set("MaLoi", code).set("MoTaLoi", words);
            body.set("MaDoiTac", call.config["partner"].string()).set("MaThamChieu", theirs);
            body.set("ThoiGianGD", time);
            std::vector<std::string> values;
            for (const std::string& name : national::namesOf(call.config["answerOrder"].string()))
                values.push_back(body[name].string());
            body.set("MaXacThuc", national::sealOf(values, secret));
            return HttpAnswer{200, "application/json", body.dump()};
        };
        return {answer("00", "Thanh cong"),      answer("00", "Da ghi nhan truoc do"),
                answer("99", "Khong tim thay"),  answer("99", "Sai so tien"),
                answer("99", "Sai ma xac thuc"), answer("99", "Loi he thong")};
    }

    Host host_;
};

MOTCUA_PLUGIN(NationalPlatform)
