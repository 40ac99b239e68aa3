// VNPT SmartCA: digests go out, the signer agrees on a phone, the transaction is asked how it stands. What
// comes back counts only where each signature verifies under the certificate that was listed.
#include "public_key.h"
#include "remote_service.h"

#include <algorithm>
#include <ctime>

using namespace motcua::sdk;

namespace {

constexpr std::int64_t askMs = 3000;
constexpr std::int64_t graceMs = 30'000; // a late "yes" is still taken

struct Found {
    std::string serial{};
    std::string certificate{}; // DER
    std::vector<std::string> chain{};
};

// What signature.begin knew and signature.finish needs; nobody's name is in it.
struct Session {
    std::string request{};     // digest of it
    std::string key{};         // the certificate's public key
    std::string ours{};        // our id of the transaction: documents are named by it
    std::string transaction{}; // the service's
    std::int64_t expiresAt = 0;
};

std::string write(const Session& session) {
    return Json::object()
        .set("request", session.request)
        .set("key", toBase64(session.key))
        .set("ours", session.ours)
        .set("transaction", session.transaction)
        .set("expiresAt", session.expiresAt)
        .dump();
}

std::optional<Session> readSession(const std::string& text) {
    const auto json = Json::parse(text);
    if (!json || !(*json)["request"].isString()) return std::nullopt;
    return Session{(*json)["request"].string(), fromBase64((*json)["key"].string()).value_or(""),
                   (*json)["ours"].string(), (*json)["transaction"].string(), (*json)["expiresAt"].integer()};
}

// yyyyMMddHHmmssZ, UTC.
std::string moment(std::int64_t ms) {
    const std::time_t seconds = ms / 1000;
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    char text[20];
    return {text, std::strftime(text, sizeof text, "%Y%m%d%H%M%SZ", &parts)};
}

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    return text;
}

// It becomes part of an address.
bool isTransaction(const std::string& id) {
    return !id.empty() && id.size() <= 100 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
               c == '_';
    });
}

// HTTP status, or the one that stands inside; both are seen.
std::int64_t statusOf(const remote::Answer& answer) {
    return answer.status == 200 ? answer.body["status_code"].integer(200) : answer.status;
}

std::vector<SignatureAlgorithm> algorithmsOf(std::string_view certificate) {
    using enum SignatureAlgorithm;
    std::vector<SignatureAlgorithm> able =
        remote::algorithmsOf(remote::publicKeyOf(certificate).value_or(""));
    // The service takes no name of an algorithm: it signs SHA-256 by PKCS#1 v1.5, or by ECDSA.
    std::erase_if(able, [](SignatureAlgorithm one) { return one != RsaPkcs1Sha256 && one != EcdsaSha256; });
    return able;
}

Error refusal(const remote::Answer& answer) {
    const std::int64_t status = statusOf(answer);
    const std::string detail = std::to_string(status) + " " + remote::wordOf(answer.body["message"].string());
    if (status == 401 || status == 403) return denied("signature.login_refused", detail);
    if (status == 404) return notFound("signature.session_unknown", detail);
    if (status == 429 || status >= 500) return unavailable("signature.provider_down", detail);
    return rejected("signature.request_refused", detail);
}

} // namespace

class SmartCa final : public RemoteSigner {
public:
    explicit SmartCa(const Host& host) : host_(host), memory_(host) {}

    Result<CertificateList> certificates(const CertificateQuery& query, const Call& call) override {
        CertificateList list;
        MOTCUA_SDK_TRY(all, certificatesOf(query.user, "", call));
        for (const Found& found : all) {
            SigningCertificate one;
            one.id = remote::certificateId(found.serial, found.certificate);
            one.label = remote::commonNameOf(found.certificate);
            one.certificate.raw = found.certificate;
            for (const std::string& issuer : found.chain)
                one.chain.push_back({issuer});
            one.algorithms = algorithmsOf(found.certificate);
            if (!one.algorithms.empty()) list.certificates.push_back(std::move(one));
        }
        return list;
    }

    Result<SigningSession> begin(const BeginSigning& request, const Call& call) override {
        MOTCUA_SDK_CHECK(remote::checkRequest(request.request, 0));
        const std::string name = "begin " + call.idempotencyKey;
        const std::string digest = remote::digestOf(request.request);
        if (!call.idempotencyKey.empty()) {
            MOTCUA_SDK_TRY(kept, memory_.find(call, name));
            const auto before = readSession(kept);
            if (before && before->request != digest)
                return invalid("plugin.malformed", "this key began another request");
            if (before) {
                // Kept before it was sent: where the answer was lost the service is asked whether it has it.
                if (!before->transaction.empty()) return told(*before);
                MOTCUA_SDK_TRY(known, arrived(*before, call));
                if (known) return keep(name, *known, call);
            }
        }
        MOTCUA_SDK_TRY(found, chosen(request.request, call));
        Session session;
        session.request = digest;
        session.key = remote::publicKeyOf(found.certificate).value_or("");
        session.ours = transactionOf(call);
        session.expiresAt = host_.nowMs() + call.config["seconds"].integer(180) * 1000;
        if (!call.idempotencyKey.empty())
            MOTCUA_SDK_CHECK(memory_.keep(call, name, write(session), session.expiresAt));
        MOTCUA_SDK_CHECK(send(session, request, found.serial, call));
        return keep(name, session, call);
    }

    Result<SigningProgress> finish(const FinishSigning& request, const Call& call) override {
        const auto session = readSession(request.session);
        if (!session || !isTransaction(session->transaction)) return notFound("signature.session_unknown");
        if (session->request != remote::digestOf(request.request))
            return notFound("signature.session_unknown", "it was begun for another request");
        MOTCUA_SDK_TRY(before, memory_.ended(call, request.session));
        if (before) return *before;
        MOTCUA_SDK_TRY(progress, ask(*session, request.request, call));
        if (progress.state == SigningState::Waiting && host_.nowMs() > session->expiresAt + graceMs)
            progress.state = SigningState::Expired;
        if (progress.state == SigningState::Waiting) return progress;
        return memory_.end(call, request.session, progress);
    }

    // Asks for the certificates of the default account, or of one that cannot exist: "no such user" proves
    // the credentials.
    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        const std::string user = call.config["user"].string();
        const auto list = certificatesOf(user.empty() ? "000000000000" : user, "", call);
        if (!list) {
            const Error& error = list.error();
            const bool mine = error.code == "signature.login_refused" || error.code == "host.no_such_secret";
            if (user.empty() && error.code == "signature.request_refused") return checked;
            checked.findings.push_back({mine ? "spPassword" : "url", error.code, error.detail});
            return checked;
        }
        checked.summary = std::to_string(list->size());
        return checked;
    }

private:
    Result<Json> credentials(const std::string& user, const Call& call) const {
        MOTCUA_SDK_TRY(password, host_.secret(call, "spPassword"));
        return Json::object()
            .set("sp_id", call.config["spId"].string())
            .set("sp_password", password)
            .set("user_id", user);
    }

    static std::string urlOf(const Call& call, const std::string& path) {
        return call.config["url"].string() + path;
    }

    std::string transactionOf(const Call& call) const {
        const std::string seed =
            call.idempotencyKey.empty() ? host_.random(16) : call.profile + '\n' + call.idempotencyKey;
        return remote::hex(remote::sha256(seed)).substr(0, 32);
    }

    Result<std::vector<Found>> certificatesOf(const std::string& given, const std::string& serial,
                                              const Call& call) const {
        const std::string user = given.empty() ? call.config["user"].string() : given;
        if (user.empty()) return std::vector<Found>{}; // the service tells nobody's but a named one's
        MOTCUA_SDK_TRY(body, credentials(user, call));
        body.set("serial_number", serial);
        body.set("transaction_id", remote::hex(host_.random(16)));
        MOTCUA_SDK_TRY(answer,
                       remote::post(host_, call, urlOf(call, "/v1/credentials/get_certificate"), body));
        if (statusOf(answer) == 404) return std::vector<Found>{};
        if (statusOf(answer) != 200) return refusal(answer);
        std::vector<Found> all;
        for (const Json& one : answer.body["data"]["user_certificates"].items()) {
            Found found{one["serial_number"].string(),
                        remote::looseBase64(one["cert_data"].string()).value_or(""),
                        {}};
            const bool valid = upper(one["cert_status_code"].string()) == "VALID";
            if (!valid || found.serial.empty() || found.serial.size() > 300 ||
                !remote::publicKeyOf(found.certificate))
                continue;
            for (const char* issuer : {"ca_cert", "root_cert"})
                if (auto der = remote::looseBase64(one["chain_data"][issuer].string());
                    der && remote::publicKeyOf(*der))
                    found.chain.push_back(std::move(*der));
            all.push_back(std::move(found));
        }
        return all;
    }

    // The certificate of the request as it was listed.
    Result<Found> chosen(const SignRequest& request, const Call& call) const {
        const auto id = remote::parseCertificateId(request.certificate);
        if (!id) return notFound("signature.no_such_certificate");
        MOTCUA_SDK_TRY(all, certificatesOf(request.user, id->name, call));
        const auto found = std::find_if(all.begin(), all.end(), [&](const Found& one) {
            return one.serial == id->name && remote::bears(one.certificate, *id);
        });
        if (found == all.end()) return notFound("signature.no_such_certificate");
        const auto able = algorithmsOf(found->certificate);
        if (std::find(able.begin(), able.end(), request.algorithm) == able.end())
            return invalid("signature.algorithm_unsupported");
        return *found;
    }

    Result<void> send(Session& session, const BeginSigning& begin, const std::string& serial,
                      const Call& call) const {
        const SignRequest& what = begin.request;
        const bool inHex = call.config["digestEncoding"].string() != "base64";
        Json files = Json::array();
        for (std::size_t i = 0; i < what.digests.size(); ++i)
            files.add(Json::object()
                          .set("data_to_be_signed",
                               inHex ? remote::hex(what.digests[i].raw) : toBase64(what.digests[i].raw))
                          .set("doc_id", documentOf(session, i))
                          .set("file_type", "pdf")
                          .set("sign_type", "hash"));
        MOTCUA_SDK_TRY(body, credentials(what.user.empty() ? call.config["user"].string() : what.user, call));
        body.set("transaction_id", session.ours)
            .set("transaction_desc", descriptionOf(begin))
            .set("serial_number", serial)
            .set("time_stamp", moment(host_.nowMs()))
            .set("sign_files", files);
        MOTCUA_SDK_TRY(answer, remote::post(host_, call, urlOf(call, "/v1/signatures/sign"), body));
        if (statusOf(answer) != 200) return refusal(answer);
        session.transaction = answer.body["data"]["transaction_id"].text(session.ours);
        if (!isTransaction(session.transaction))
            return unavailable("signature.provider_down", "no transaction in the answer");
        const std::int64_t seconds = answer.body["data"]["expired_in"].integer(0);
        if (seconds > 0) session.expiresAt = host_.nowMs() + std::min<std::int64_t>(seconds, 86'400) * 1000;
        return {};
    }

    // What the signer reads on the phone.
    static std::string descriptionOf(const BeginSigning& begin) {
        std::string text = begin.request.reason;
        for (const std::string& name : begin.names)
            if (text.size() + name.size() < 240) text += (text.empty() ? "" : "; ") + name;
        return text.empty() ? "Ký số hồ sơ" : text;
    }

    static std::string documentOf(const Session& session, std::size_t index) {
        return session.ours + "-" + std::to_string(index);
    }

    // Whether the service has the transaction by our own id.
    Result<std::optional<Session>> arrived(const Session& session, const Call& call) const {
        MOTCUA_SDK_TRY(answer, statusAnswer(session.ours, call));
        if (statusOf(answer) != 200) {
            const Error error = refusal(answer);
            if (error.status == Status::Unavailable || error.status == Status::Denied) return error;
            return std::optional<Session>{};
        }
        Session known = session;
        known.transaction = session.ours;
        return std::optional{known};
    }

    Result<remote::Answer> statusAnswer(const std::string& transaction, const Call& call) const {
        return remote::post(host_, call, urlOf(call, "/v1/signatures/sign/" + transaction + "/status"),
                            Json::object());
    }

    Result<SigningSession> keep(const std::string& name, const Session& session, const Call& call) const {
        if (!call.idempotencyKey.empty())
            MOTCUA_SDK_CHECK(memory_.keep(call, name, write(session), session.expiresAt + 24 * 3600'000));
        return told(session);
    }

    static SigningSession told(const Session& session) {
        return {write(session), Consent::Device, {}, session.expiresAt, askMs};
    }

    Result<SigningProgress> ask(const Session& session, const SignRequest& what, const Call& call) const {
        MOTCUA_SDK_TRY(answer, statusAnswer(session.transaction, call));
        const std::string word = upper(answer.body["message"].string());
        if (word == "REJECTED" || word == "USER_REJECTED")
            return SigningProgress{SigningState::Refused, {}, {}};
        if (word == "EXPIRED") return SigningProgress{SigningState::Expired, {}, {}};
        if (statusOf(answer) != 200) return refusal(answer);
        const std::string& about = answer.body["data"]["transaction_id"].string();
        if (!about.empty() && about != session.transaction)
            return denied("signature.not_valid", "the answer is about another transaction");
        const auto& signatures = answer.body["data"]["signatures"].items();
        if (word != "SUCCESS" || signatures.empty()) return SigningProgress{SigningState::Waiting, {}, {}};
        MOTCUA_SDK_TRY(proven, taken(session, what, signatures));
        return SigningProgress{SigningState::Signed, std::move(proven), {}};
    }

    // By the names of the documents, whatever their order.
    static Result<std::vector<Bytes>> taken(const Session& session, const SignRequest& what,
                                            const Json::Array& given) {
        std::map<std::string, std::string> byName;
        for (const Json& one : given)
            if (!byName
                     .emplace(one["doc_id"].string(),
                              remote::looseBase64(one["signature_value"].string()).value_or(""))
                     .second)
                return denied("signature.not_valid", "a document comes twice");
        if (byName.size() != what.digests.size())
            return denied("signature.not_valid", "other documents than were sent");
        std::vector<std::string> all;
        for (std::size_t i = 0; i < what.digests.size(); ++i)
            all.push_back(byName[documentOf(session, i)]);
        return remote::allProven(session.key, what, all);
    }

    Host host_;
    remote::Memory memory_;
};

MOTCUA_PLUGIN(SmartCa)
