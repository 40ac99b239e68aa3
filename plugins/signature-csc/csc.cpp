// Remote signing by the Cloud Signature Consortium's API, versions 1 and 2. The owner agrees with PIN and
// code typed here, on a device, or on the service's own page; what comes back counts only where it verifies
// under the certificate that was listed. Nothing typed is kept; the right to sign (SAD) lives in this process
// alone, until it is used.
#include "login.h"
#include "protocol.h"
#include "public_key.h"

#include <algorithm>

using namespace motcua::sdk;

namespace {

constexpr std::size_t mostCredentials = 100;
constexpr int deviceAskMs = 3000;

// What signature.begin knew and signature.finish needs; it holds nobody's name and nothing that signs.
struct Session {
    std::string request{}; // digest of it
    std::string key{};     // the certificate's public key
    std::vector<std::string> offered{};
    csc::Consent consent = csc::Consent::Explicit;
    std::string pin{};
    std::string otp{};
    std::string state{};    // of the browser's way
    std::string verifier{}; // PKCE
    std::string returnUrl{};
    std::int64_t expiresAt = 0;
};

std::string write(const Session& session) {
    Json offered = Json::array();
    for (const std::string& one : session.offered)
        offered.add(one);
    return Json::object()
        .set("request", session.request)
        .set("key", toBase64(session.key))
        .set("offered", offered)
        .set("consent", static_cast<int>(session.consent))
        .set("pin", session.pin)
        .set("otp", session.otp)
        .set("state", session.state)
        .set("verifier", session.verifier)
        .set("returnUrl", session.returnUrl)
        .set("expiresAt", session.expiresAt)
        .dump();
}

std::optional<Session> readSession(const std::string& text) {
    const auto json = Json::parse(text);
    if (!json || !(*json)["request"].isString()) return std::nullopt;
    Session session;
    session.request = (*json)["request"].string();
    session.key = fromBase64((*json)["key"].string()).value_or("");
    for (const Json& one : (*json)["offered"].items())
        session.offered.push_back(one.string());
    session.consent = static_cast<csc::Consent>((*json)["consent"].integer());
    session.pin = (*json)["pin"].string();
    session.otp = (*json)["otp"].string();
    session.state = (*json)["state"].string();
    session.verifier = (*json)["verifier"].string();
    session.returnUrl = (*json)["returnUrl"].string();
    session.expiresAt = (*json)["expiresAt"].integer();
    return session;
}

bool isSecond(const Call& call) {
    return call.config["version"].string() == "2";
}

std::string urlBase64(std::string_view bytes) {
    std::string text = toBase64(bytes);
    std::replace(text.begin(), text.end(), '+', '-');
    std::replace(text.begin(), text.end(), '/', '_');
    text.erase(text.find_last_not_of('=') + 1);
    return text;
}

std::string escaped(std::string_view text) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                           std::string_view{"-_.~"}.find(c) != std::string_view::npos;
        if (plain) {
            out += c;
        } else {
            ((out += '%') += digits[byte >> 4]) += digits[byte & 15];
        }
    }
    return out;
}

// A field of the browser's query that stands there once; these values need no unescaping where they are ours
// or a code.
std::string fieldOf(const std::string& query, const std::string& name) {
    std::string value;
    int found = 0;
    for (std::size_t at = 0; at <= query.size();) {
        const std::size_t end = std::min(query.find('&', at), query.size());
        if (query.compare(at, name.size() + 1, name + "=") == 0) {
            value = query.substr(at + name.size() + 1, end - at - name.size() - 1);
            ++found;
        }
        at = end + 1;
    }
    return found == 1 ? value : std::string{};
}

Json hashesOf(const SignRequest& request) {
    Json all = Json::array();
    for (const Bytes& digest : request.digests)
        all.add(toBase64(digest.raw));
    return all;
}

void setHashes(Json& body, const SignRequest& request, bool second) {
    body.set(second ? "hashes" : "hash", hashesOf(request));
    body.set(second ? "hashAlgorithmOID" : "hashAlgo", csc::hashOid(request.algorithm));
}

} // namespace

class Csc final : public RemoteSigner {
public:
    explicit Csc(const Host& host) : host_(host), login_(host), memory_(host) {}

    Result<CertificateList> certificates(const CertificateQuery& query, const Call& call) override {
        MOTCUA_SDK_TRY(ids, credentialsOf(query.user, call));
        CertificateList list;
        for (const std::string& id : ids) {
            MOTCUA_SDK_TRY(credential, credentialOf(id, query.user, call));
            if (!credential.usable) continue;
            SigningCertificate one;
            one.id = remote::certificateId(id, credential.certificates.front());
            one.label = remote::commonNameOf(credential.certificates.front());
            one.certificate.raw = credential.certificates.front();
            for (std::size_t i = 1; i < credential.certificates.size(); ++i)
                one.chain.push_back({credential.certificates[i]});
            one.algorithms = csc::algorithmsOf(credential);
            one.batch = credential.multisign;
            if (!one.algorithms.empty()) list.certificates.push_back(std::move(one));
        }
        return list;
    }

    Result<SigningSession> begin(const BeginSigning& request, const Call& call) override {
        MOTCUA_SDK_CHECK(remote::checkRequest(request.request, 0));
        const std::string name = "begin " + call.idempotencyKey;
        if (!call.idempotencyKey.empty()) {
            MOTCUA_SDK_TRY(before, memory_.find(call, name));
            if (const auto known = readSession(before)) {
                if (known->request != remote::digestOf(request.request))
                    return invalid("plugin.malformed", "this key began another request");
                return told(*known, request.request, call);
            }
        }
        MOTCUA_SDK_TRY(credential, chosen(request.request, call));
        MOTCUA_SDK_TRY(session, sessionFor(request, credential, call));
        MOTCUA_SDK_TRY(answer, told(session, request.request, call));
        if (credential.sendsOtp && session.consent == csc::Consent::Explicit)
            MOTCUA_SDK_CHECK(sendCode(request.request, call));
        if (!call.idempotencyKey.empty())
            MOTCUA_SDK_CHECK(memory_.keep(call, name, answer.session, session.expiresAt));
        return answer;
    }

    Result<SigningProgress> finish(const FinishSigning& request, const Call& call) override {
        const auto session = readSession(request.session);
        if (!session) return notFound("signature.session_unknown");
        if (session->request != remote::digestOf(request.request))
            return notFound("signature.session_unknown", "it was begun for another request");
        const auto turn = busy_.take(request.session);
        if (!turn) return SigningProgress{SigningState::Waiting, {}, {}};
        MOTCUA_SDK_TRY(before, memory_.ended(call, request.session));
        if (before) return *before;
        auto done = advance(*session, request, call);
        if (done) {
            if (done->state == SigningState::Waiting && host_.nowMs() > session->expiresAt)
                done->state = SigningState::Expired;
            return done->state == SigningState::Waiting ? done : memory_.end(call, request.session, *done);
        }
        // With a code typed here the owner may type again; elsewhere a "no" is the end.
        if (session->consent == csc::Consent::Explicit) return done;
        if (done.error().code == "signature.refused_by_signer")
            return memory_.end(call, request.session, {SigningState::Refused, {}, {}});
        if (done.error().code == "signature.expired")
            return memory_.end(call, request.session, {SigningState::Expired, {}, {}});
        return done;
    }

    // Logs in and lists what there is.
    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        const auto found = [&](const char* field, const Error& error) {
            checked.findings.push_back({field, error.code, error.detail});
            return checked;
        };
        const auto in = login_.check(call);
        if (!in) {
            const bool mine =
                in.error().code == "signature.login_refused" || in.error().code == "host.no_such_secret";
            const bool basic = call.config["login"].string() == "basic";
            return found(!mine ? "url" : basic ? "password" : "clientSecret", in.error());
        }
        const auto list = certificates({}, call);
        if (!list) return found("url", list.error());
        checked.summary = std::to_string(list->certificates.size());
        return checked;
    }

private:
    Result<remote::Answer> ask(const std::string& path, const Json& body, const std::string& user,
                               const Call& call) {
        return login_.post(call, user, path, body);
    }

    Result<std::vector<std::string>> credentialsOf(const std::string& user, const Call& call) {
        std::vector<std::string> all;
        std::string page;
        do {
            Json body = Json::object();
            const std::string whose = user.empty() ? call.config["user"].string() : user;
            // Who logs in as themselves must not name a user.
            if (!whose.empty() && call.config["login"].string() != "basic") body.set("userID", whose);
            if (!page.empty()) body.set("pageToken", page);
            MOTCUA_SDK_TRY(answer, ask("/credentials/list", body, user, call));
            if (answer.status != 200) return csc::refusal(answer);
            const std::size_t before = all.size();
            for (const Json& one : answer.body["credentialIDs"].items())
                if (!one.string().empty() && one.string().size() <= 300) all.push_back(one.string());
            page = all.size() == before ? "" : answer.body["nextPageToken"].string();
        } while (!page.empty() && all.size() < mostCredentials);
        return all;
    }

    Result<csc::Credential> credentialOf(const std::string& id, const std::string& user, const Call& call) {
        Json body = Json::object().set("credentialID", id).set("certificates", "chain");
        if (isSecond(call)) body.set("authInfo", true);
        MOTCUA_SDK_TRY(answer, ask("/credentials/info", body, user, call));
        if (answer.status != 200) return csc::refusal(answer);
        return csc::parseCredential(isSecond(call), answer.body);
    }

    // The credential of the request, with the certificate that was listed, of the user who is to sign.
    Result<csc::Credential> chosen(const SignRequest& request, const Call& call) {
        const auto id = remote::parseCertificateId(request.certificate);
        if (!id) return notFound("signature.no_such_certificate");
        MOTCUA_SDK_TRY(all, credentialsOf(request.user, call));
        if (std::find(all.begin(), all.end(), id->name) == all.end())
            return notFound("signature.no_such_certificate", "not one of this user's");
        MOTCUA_SDK_TRY(credential, credentialOf(id->name, request.user, call));
        if (!credential.usable) return notFound("signature.no_such_certificate", "it is not enabled");
        if (!remote::bears(credential.certificates.front(), *id))
            return notFound("signature.no_such_certificate", "it has another certificate now");
        const auto able = csc::algorithmsOf(credential);
        if (std::find(able.begin(), able.end(), request.algorithm) == able.end())
            return invalid("signature.algorithm_unsupported");
        MOTCUA_SDK_CHECK(remote::checkRequest(request, credential.multisign));
        return credential;
    }

    Result<Session> sessionFor(const BeginSigning& request, const csc::Credential& credential,
                               const Call& call) const {
        Session session;
        session.request = remote::digestOf(request.request);
        session.key = remote::publicKeyOf(credential.certificates.front()).value_or("");
        session.offered = credential.algorithms;
        session.consent = credential.consent;
        session.pin = credential.pin;
        session.otp = credential.otp;
        session.expiresAt = host_.nowMs() + call.config["minutes"].integer(5) * 60'000;
        session.state = urlBase64(host_.random(24)); // makes each session another
        if (credential.consent == csc::Consent::Browser) {
            if (request.returnUrl.empty()) return invalid("plugin.malformed", "no returnUrl");
            session.verifier = urlBase64(host_.random(48));
            session.returnUrl = request.returnUrl;
        }
        return session;
    }

    // What the core is told of a session.
    Result<SigningSession> told(const Session& session, const SignRequest& request, const Call& call) const {
        SigningSession answer;
        answer.session = write(session);
        answer.expiresAt = session.expiresAt;
        switch (session.consent) {
        case csc::Consent::Browser:
            answer.consent = Consent::Browser;
            answer.url = pageOf(session, request, call);
            if (answer.url.size() > 8192) return invalid("plugin.malformed", "too many digests for a page");
            break;
        case csc::Consent::Implicit:
            answer.consent = Consent::Device;
            answer.askAfterMs = deviceAskMs;
            break;
        case csc::Consent::Explicit:
            answer.consent = session.pin.empty()   ? session.otp.empty() ? Consent::None : Consent::Otp
                             : session.otp.empty() ? Consent::Pin
                                                   : Consent::PinOtp;
            break;
        }
        if (answer.session.size() > 4096) return invalid("plugin.malformed", "returnUrl is too long");
        return answer;
    }

    // The service's own page, which asks for this credential and these digests only.
    std::string pageOf(const Session& session, const SignRequest& request, const Call& call) const {
        const bool second = isSecond(call);
        std::string hashes;
        for (const Bytes& digest : request.digests)
            hashes += (hashes.empty() ? "" : ",") + urlBase64(digest.raw);
        const std::string given = call.config["authorizeUrl"].string();
        std::string url = given.empty() ? call.config["url"].string() + "/oauth2/authorize" : given;
        const auto add = [&](const char* name, const std::string& value) {
            url += url.find('?') == std::string::npos ? '?' : '&';
            ((url += name) += '=') += escaped(value);
        };
        add("response_type", "code");
        add("client_id", call.config["clientId"].string());
        add("redirect_uri", session.returnUrl);
        add("scope", "credential");
        add("state", session.state);
        add("code_challenge", urlBase64(remote::sha256(session.verifier)));
        add("code_challenge_method", "S256");
        add("credentialID", remote::parseCertificateId(request.certificate)->name);
        add("numSignatures", std::to_string(request.digests.size()));
        add(second ? "hashes" : "hash", hashes);
        add(second ? "hashAlgorithmOID" : "hashAlgo", csc::hashOid(request.algorithm));
        if (!request.reason.empty()) add("description", request.reason);
        return url;
    }

    Result<void> sendCode(const SignRequest& request, const Call& call) {
        const char* path = isSecond(call) ? "/credentials/getChallenge" : "/credentials/sendOTP";
        const std::string id = remote::parseCertificateId(request.certificate)->name;
        MOTCUA_SDK_TRY(answer, ask(path, Json::object().set("credentialID", id), request.user, call));
        if (answer.status != 200 && answer.status != 204) return csc::refusal(answer);
        return {};
    }

    // One step further: the right to sign, then the signatures.
    Result<SigningProgress> advance(const Session& session, const FinishSigning& request, const Call& call) {
        const std::string name = "pending " + request.session;
        MOTCUA_SDK_TRY(kept, memory_.find(call, name));
        const Json pending = Json::parse(kept).value_or(Json::object());
        if (!pending["response"].string().empty())
            return poll(session, pending["response"].string(), request.request, call);
        MOTCUA_SDK_TRY(sad, right(session, request, pending["handle"].string(), call));
        if (sad.empty()) return SigningProgress{SigningState::Waiting, {}, {}};
        return sign(session, sad, request, call);
    }

    // The SAD; "" while its owner has not agreed yet. One that was given is good for a repetition with the
    // same words.
    Result<std::string> right(const Session& session, const FinishSigning& request, const std::string& handle,
                              const Call& call) {
        const std::string key = sadKey(request);
        {
            const std::lock_guard lock{guard_};
            const auto found = sads_.find(key);
            if (found != sads_.end()) return found->second.first;
        }
        std::string sad;
        if (session.consent == csc::Consent::Browser) {
            MOTCUA_SDK_TRY(redeemed, redeem(session, request, call));
            sad = std::move(redeemed);
        } else {
            if (session.consent == csc::Consent::Explicit && host_.nowMs() > session.expiresAt)
                return rejected("signature.expired");
            MOTCUA_SDK_TRY(given, authorize(session, request, handle, call));
            sad = std::move(given);
        }
        const std::lock_guard lock{guard_};
        std::erase_if(sads_, [&](const auto& one) { return one.second.second < host_.nowMs(); });
        if (!sad.empty()) sads_[key] = {sad, session.expiresAt};
        return sad;
    }

    static std::string sadKey(const FinishSigning& request) {
        const std::string code = request.returned ? request.returned->query : "";
        return remote::sha256(request.session + '\n' + request.pin + '\n' + request.otp + '\n' + code);
    }

    Result<std::string> redeem(const Session& session, const FinishSigning& request, const Call& call) const {
        if (!request.returned) return std::string{};
        const std::string& query = request.returned->query;
        if (fieldOf(query, "state") != session.state)
            return notFound("signature.session_unknown", "the browser brought another state");
        if (const std::string error = fieldOf(query, "error"); !error.empty())
            return error == "access_denied" ? rejected("signature.refused_by_signer")
                                            : rejected("signature.request_refused", remote::wordOf(error));
        const std::string code = fieldOf(query, "code");
        if (code.empty()) return notFound("signature.session_unknown", "the browser brought no code");
        return login_.redeem(call, code, session.verifier, session.returnUrl);
    }

    Result<std::string> authorize(const Session& session, const FinishSigning& request,
                                  const std::string& handle, const Call& call) {
        const bool second = isSecond(call);
        const SignRequest& what = request.request;
        const bool asking = handle.empty();
        Json body = Json::object();
        if (asking) {
            body.set("credentialID", remote::parseCertificateId(what.certificate)->name);
            body.set("numSignatures", static_cast<std::int64_t>(what.digests.size()));
            setHashes(body, what, second);
            if (!what.reason.empty()) body.set("description", what.reason);
            MOTCUA_SDK_CHECK(setTyped(body, session, request, second));
        } else {
            body.set("handle", handle);
        }
        auto answer =
            ask(asking ? "/credentials/authorize" : "/credentials/authorizeCheck", body, what.user, call);
        if (!answer) {
            // A service that waits for the owner's device while we wait for it: to ask again is to ask the
            // owner again.
            if (answer.error().status == Status::Timeout && session.consent == csc::Consent::Implicit &&
                asking)
                return rejected("signature.expired", "no answer in time");
            return answer.error();
        }
        if (answer->status == 202) {
            const std::string given = answer->body["handle"].string();
            if (!given.empty() && asking)
                MOTCUA_SDK_CHECK(memory_.keep(call, "pending " + request.session,
                                              Json::object().set("handle", given).dump(),
                                              session.expiresAt + 600'000));
            return std::string{};
        }
        if (answer->status != 200) return csc::refusal(*answer);
        const std::string sad = answer->body["SAD"].string();
        if (sad.empty()) return unavailable("signature.provider_down", "no SAD in the answer");
        return sad;
    }

    static Result<void> setTyped(Json& body, const Session& session, const FinishSigning& request,
                                 bool second) {
        Json typed = Json::array();
        for (const auto& [id, value] : {std::pair{session.pin, request.pin}, {session.otp, request.otp}}) {
            if (id.empty()) continue;
            if (value.empty()) return denied("signature.code_refused", "nothing was typed");
            if (second) {
                typed.add(Json::object().set("id", id).set("value", value));
            } else {
                body.set(id, value);
            }
        }
        if (!typed.items().empty()) body.set("authData", typed);
        return {};
    }

    Result<SigningProgress> sign(const Session& session, const std::string& sad, const FinishSigning& request,
                                 const Call& call) {
        const SignRequest& what = request.request;
        Json body = Json::object();
        body.set("credentialID", remote::parseCertificateId(what.certificate)->name).set("SAD", sad);
        setHashes(body, what, isSecond(call));
        body.set("signAlgo", csc::signOid(what.algorithm, session.offered));
        if (const std::string parameters = csc::pssParameters(what.algorithm); !parameters.empty())
            body.set("signAlgoParams", parameters);
        MOTCUA_SDK_TRY(answer, ask("/signatures/signHash", body, what.user, call));
        if (answer.status == 202 || (answer.status == 200 && answer.body.has("responseID"))) {
            const std::string response = answer.body["responseID"].string();
            if (response.empty())
                return unavailable("signature.provider_down", "no responseID in the answer");
            forget(request);
            MOTCUA_SDK_CHECK(memory_.keep(call, "pending " + request.session,
                                          Json::object().set("response", response).dump(),
                                          session.expiresAt + 600'000));
            return SigningProgress{SigningState::Waiting, {}, {}};
        }
        if (answer.status != 200) {
            forget(request); // an SAD that was refused is not tried again
            return csc::refusal(answer);
        }
        forget(request);
        return taken(session, what, answer.body);
    }

    Result<SigningProgress> poll(const Session& session, const std::string& response, const SignRequest& what,
                                 const Call& call) {
        MOTCUA_SDK_TRY(answer, ask("/signatures/signPolling", Json::object().set("responseID", response),
                                   what.user, call));
        if (answer.status == 202) return SigningProgress{SigningState::Waiting, {}, {}};
        if (answer.status != 200) return csc::refusal(answer);
        return taken(session, what, answer.body);
    }

    static Result<SigningProgress> taken(const Session& session, const SignRequest& what, const Json& body) {
        std::vector<std::string> signatures;
        for (const Json& one : body["signatures"].items())
            signatures.push_back(remote::looseBase64(one.string()).value_or(""));
        MOTCUA_SDK_TRY(proven, remote::allProven(session.key, what, signatures));
        return SigningProgress{SigningState::Signed, std::move(proven), {}};
    }

    void forget(const FinishSigning& request) {
        const std::lock_guard lock{guard_};
        sads_.erase(sadKey(request));
    }

    Host host_;
    csc::Login login_;
    remote::Memory memory_;
    remote::Busy busy_;
    std::mutex guard_;
    std::map<std::string, std::pair<std::string, std::int64_t>> sads_; // SAD and until when
};

MOTCUA_PLUGIN(Csc)
