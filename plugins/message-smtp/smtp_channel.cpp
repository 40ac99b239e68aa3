// E-mail through an agency's own mail server. The Message-ID follows from the idempotency key, so that a
// message which went out twice after a crash is one message for whoever receives it.
#include "mime.h"
#include "session.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

using namespace motcua::sdk;

class SmtpChannel final : public MessageChannel {
public:
    explicit SmtpChannel(const Host& host) : host_(host) {}

    Result<SentMessage> send(const Message& message, const Call& call) override {
        if (message.kind != MessageKind::Email) return invalid("message.unsupported", "e-mail only");
        const auto wrong = [](const Recipient& one) { return !smtp::isAddress(one.address); };
        if (message.to.empty() || std::any_of(message.to.begin(), message.to.end(), wrong))
            return invalid("message.recipient_invalid");
        if (!message.replyTo.empty() && !smtp::isAddress(message.replyTo))
            return invalid("message.recipient_invalid", "replyTo");
        MOTCUA_SDK_TRY(server, serverOf(call));

        smtp::Envelope envelope;
        envelope.from = call.config["from"].string();
        envelope.fromName = call.config["fromName"].string();
        envelope.messageId = messageId(call, envelope.from);
        envelope.atMs = host_.nowMs();
        const std::string text = smtp::compose(message, envelope);

        MOTCUA_SDK_TRY(session, smtp::Session::open(host_, call, server));
        MOTCUA_SDK_TRY(refused, session.send(envelope.from, message.to, text));
        session.quit();
        return SentMessage{envelope.messageId, 1, std::move(refused)};
    }

    // Greets, secures and logs in as for a message, and sends none.
    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        const auto server = serverOf(call);
        auto session =
            server ? smtp::Session::open(host_, call, *server) : Result<smtp::Session>{server.error()};
        if (!session) {
            const Error& error = session.error();
            checked.findings.push_back({fieldOf(error.code), error.code, error.detail});
            return checked;
        }
        session->quit();
        checked.summary = server->host + (session->protocol().empty() ? "" : ", " + session->protocol());
        return checked;
    }

private:
    Result<smtp::Server> serverOf(const Call& call) const {
        smtp::Server server;
        server.host = call.config["host"].string();
        server.port = static_cast<std::uint16_t>(call.config["port"].integer(587));
        server.security = call.config["security"].text("starttls");
        server.trust = call.config["ca"].string();
        server.user = call.config["user"].string();
        const std::string from = call.config["from"].string();
        const std::string domain = from.substr(from.rfind('@') + 1);
        server.hello = call.config["hello"].string().empty() ? domain : call.config["hello"].string();
        if (!server.user.empty()) {
            MOTCUA_SDK_TRY(password, host_.secret(call, "password"));
            server.password = std::move(password);
        }
        return server;
    }

    std::string messageId(const Call& call, const std::string& from) const {
        const std::string key =
            call.idempotencyKey.empty() ? host_.random(16) : call.profile + "|" + call.idempotencyKey;
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        unsigned size = 0;
        EVP_Digest(key.data(), key.size(), digest.data(), &size, EVP_sha256(), nullptr);
        static constexpr char digits[] = "0123456789abcdef";
        std::string id;
        for (std::size_t i = 0; i < 16; ++i)
            (id += digits[digest[i] >> 4]) += digits[digest[i] & 15];
        return id + "@" + from.substr(from.rfind('@') + 1);
    }

    static std::string fieldOf(const std::string& code) {
        if (code == "message.login_refused" || code == "host.no_such_secret") return "password";
        if (code == "message.not_secure" || code == "host.tls_failed") return "security";
        return "host";
    }

    Host host_;
};

MOTCUA_PLUGIN(SmtpChannel)
