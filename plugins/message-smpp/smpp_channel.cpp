// Short messages through a carrier's message centre (SMPP 3.4): one standing connection a profile, kept by a
// thread of its own so that receipts and citizens' messages arrive at any time.
#include "inbound.h"
#include "link.h"
#include "receipts.h"

#include "message-shared/letters.h"
#include "message-shared/phone.h"

#include "motcua/sdk/message.h"

#include <algorithm>
#include <atomic>
#include <exception>

using namespace motcua::sdk;

namespace {

constexpr std::int64_t lookAgainMs = 3'000; // at the profiles and their settings
constexpr std::int64_t marginMs = 500;      // for the answer, before the caller's deadline
constexpr std::int64_t progressMs = std::int64_t{24} * 3600 * 1000;
constexpr std::size_t longestBrand = 11;

std::string asString(int number) {
    return std::to_string(number);
}

// The fate of each part of a message for each recipient, kept so that a repetition sends only what is
// missing. One letter a part: '-' not sent, 's' sent, 'r' refused.
struct Progress {
    int reference = 0;
    std::vector<std::string> recipients{};
    std::int64_t version = 0;

    std::string text() const {
        std::string out = asString(reference);
        for (const std::string& one : recipients)
            (out += ' ') += one;
        return out;
    }
    // Only where it is about as many parts for as many recipients.
    bool take(const std::string& text, std::size_t count, std::size_t parts) {
        std::vector<std::string> words;
        for (std::size_t at = 0; at <= text.size();) {
            const std::size_t end = std::min(text.find(' ', at), text.size());
            words.push_back(text.substr(at, end - at));
            at = end + 1;
        }
        if (words.size() != count + 1 || words[0].size() > 5 || words[0].empty() ||
            words[0].find_first_not_of("0123456789") != std::string::npos ||
            std::any_of(words.begin() + 1, words.end(), [&](const auto& w) { return w.size() != parts; }))
            return false;
        reference = std::stoi(words[0]);
        recipients.assign(words.begin() + 1, words.end());
        return true;
    }
};

} // namespace

class SmppChannel final : public MessageChannel {
public:
    explicit SmppChannel(const Host& host) : host_(host) {}

    Result<void> start() override {
        reference_ = static_cast<unsigned char>(host_.random(1)[0]);
        keeper_ = std::thread{[this] { keep(); }};
        return {};
    }

    void stop() override {
        {
            const std::lock_guard lock{guard_};
            stopping_ = true;
        }
        changed_.notify_all();
        if (keeper_.joinable()) keeper_.join();
        const std::lock_guard lock{guard_};
        links_.clear();
    }

    Result<SentMessage> send(const Message& message, const Call& call) override {
        if (message.kind != MessageKind::Sms) return invalid("message.unsupported", "short messages only");
        std::vector<std::string> phones;
        for (const Recipient& one : message.to) {
            auto phone = sms::phoneOf(one.address);
            if (!phone) return invalid("message.recipient_invalid", "no mobile phone has this number");
            phones.push_back(std::move(*phone));
        }
        if (phones.empty() || message.text.empty())
            return invalid("message.recipient_invalid", "nothing to send");
        const bool bare = message.withoutMarks || call.config["withoutMarks"].boolean();
        const sms::Parts parts = sms::split(bare ? sms::unmarked(message.text) : message.text);
        if (static_cast<std::int64_t>(parts.parts.size()) > call.config["maxParts"].integer(6))
            return rejected("message.too_large", std::to_string(parts.parts.size()) + " parts");
        MOTCUA_SDK_CHECK(checkSender(call.config));

        MOTCUA_SDK_TRY(account, accountOf(call, call.config));
        const auto link = linkOf(call.profile, account, call.config);
        if (!link) return unavailable("message.provider_down", "switched off");
        const Deadline deadline = Deadline::in(host_.remainingMs(call) - marginMs);
        MOTCUA_SDK_CHECK(link->ready(deadline));
        return hand(*link, call, phones, parts, deadline);
    }

    // Where the settings are those of the standing connection, that one is asked: many accounts allow one
    // bind. Else it binds and says goodbye.
    Result<CheckedConfig> checkConfig(const Call& call) override {
        const Deadline deadline = Deadline::in(host_.remainingMs(call) - marginMs);
        const auto sound = checkSender(call.config);
        if (!sound) return found("sender", sound.error());
        const auto account = accountOf(call, call.config);
        if (!account) return found("password", account.error());
        std::string protocol;
        if (const auto link = standing(call.profile, *account)) {
            const auto ready = link->ready(deadline);
            if (!ready) return found(fieldOf(ready.error().code), ready.error());
            protocol = *ready;
        } else {
            auto bound = smpp::bindTo(host_, call, *account, deadline);
            if (!bound) return found(fieldOf(bound.error().code), bound.error());
            protocol = bound->protocol;
            const auto goodbye = bound->stream->write(smpp::encode({smpp::unbind, smpp::ok, 2, {}}));
            if (!goodbye) return found("host", goodbye.error());
        }
        CheckedConfig checked;
        checked.summary = account->host + (protocol.empty() ? "" : ", " + protocol);
        return checked;
    }

private:
    static Result<CheckedConfig> found(const std::string& field, const Error& error) {
        CheckedConfig checked;
        checked.findings.push_back({field, error.code, error.detail});
        return checked;
    }

    static std::string fieldOf(const std::string& code) {
        if (code == "message.login_refused") return "password";
        if (code == "host.tls_failed") return "security";
        return "host";
    }

    static Result<void> checkSender(const Json& config) {
        const smpp::Address sender = smpp::senderOf(config["sender"].string());
        if (sender.ton == 5 && sender.digits.size() > longestBrand)
            return invalid("plugin.misconfigured", "a brand name has at most 11 letters");
        return {};
    }

    Result<smpp::Account> accountOf(const Call& call, const Json& config) const {
        smpp::Account account;
        account.host = config["host"].string();
        account.port = static_cast<std::uint16_t>(config["port"].integer());
        account.tls = config["security"].text("tls") != "none";
        account.trust = config["ca"].string();
        account.systemId = config["systemId"].string();
        account.systemType = config["systemType"].string();
        account.window = static_cast<int>(config["window"].integer(10));
        account.perSecond = static_cast<int>(config["perSecond"].integer(20));
        account.enquireSeconds = static_cast<int>(config["enquireSeconds"].integer(30));
        MOTCUA_SDK_TRY(password, host_.secret(call, "password"));
        constexpr std::size_t longestPassword = 8; // 4.1.1: nine octets with the NUL
        if (password.size() > longestPassword || password.find('\0') != std::string::npos)
            return invalid("plugin.misconfigured", "a password of SMPP has at most 8 characters");
        account.password = std::move(password);
        return account;
    }

    // ---- the standing connections ---------------------------------------------------------------------

    struct Standing {
        std::shared_ptr<smpp::Link> link{};
        std::string handling{}; // the settings that its handlers were made with
    };

    static std::string handlingOf(const Json& config) {
        return config["receiptIds"].string() + " " +
               asString(static_cast<int>(config["utcOffsetMinutes"].integer(420)));
    }

    std::shared_ptr<smpp::Link> standing(const std::string& profile, const smpp::Account& account) {
        const std::lock_guard lock{guard_};
        const auto held = links_.find(profile);
        const bool same = held != links_.end() && held->second.link->account() == account;
        return same ? held->second.link : nullptr;
    }

    // The profile's connection; a new one where the settings are new.
    std::shared_ptr<smpp::Link> linkOf(const std::string& profile, const smpp::Account& account,
                                       const Json& config) {
        const std::lock_guard lock{guard_};
        if (stopping_) return nullptr;
        Standing& held = links_[profile];
        if (held.link && held.link->account() == account && held.handling == handlingOf(config))
            return held.link;
        held.link.reset(); // one bind at a time: it leaves before the next comes
        const std::string form = config["receiptIds"].text("same");
        const auto ids = form == "decimal" ? smpp::ReceiptIds::Decimal
                         : form == "hex"   ? smpp::ReceiptIds::Hex
                                           : smpp::ReceiptIds::Same;
        const auto receipts = std::make_shared<smpp::Receipts>(
            host_, profile, ids, static_cast<int>(config["utcOffsetMinutes"].integer(420)));
        const auto inbound = std::make_shared<smpp::Inbound>(host_, profile);
        smpp::Link::Handlers handlers;
        handlers.accepted = [receipts](const std::string& note, const std::string& id) {
            receipts->remember(note, id);
        };
        handlers.delivered = [receipts, inbound](const smpp::ShortMessage& message) {
            return smpp::isReceipt(message) ? receipts->take(message) : inbound->take(message);
        };
        held.link = std::make_shared<smpp::Link>(host_, profile, account, std::move(handlers));
        held.handling = handlingOf(config);
        return held.link;
    }

    // Keeps a connection for each profile that is switched on, so that receipts come though nobody sends.
    void keep() {
        std::unique_lock lock{guard_};
        while (!stopping_) {
            lock.unlock();
            try {
                lookAtProfiles();
            } catch (const std::exception& exception) {
                host_.log(Call{}, LogLevel::Error, "smpp.keeper_failed", {{"what", exception.what()}});
            }
            lock.lock();
            changed_.wait_for(lock, std::chrono::milliseconds{lookAgainMs}, [this] { return stopping_; });
        }
    }

    void lookAtProfiles() {
        const auto profiles = host_.profiles();
        if (!profiles) return; // the next time
        std::vector<std::shared_ptr<smpp::Link>> ended;
        {
            const std::lock_guard lock{guard_};
            for (auto one = links_.begin(); one != links_.end();) {
                const bool on = std::find(profiles->begin(), profiles->end(), one->first) != profiles->end();
                if (!on) ended.push_back(std::move(one->second.link));
                one = on ? std::next(one) : links_.erase(one);
            }
        }
        ended.clear();
        for (const std::string& profile : *profiles) {
            const auto config = host_.config(profile);
            Call call;
            call.profile = profile;
            if (!config || !checkSender(*config)) continue;
            if (const auto account = accountOf(call, *config)) linkOf(profile, *account, *config);
        }
    }

    // ---- sending --------------------------------------------------------------------------------------

    struct Flight {
        std::size_t recipient = 0, part = 0;
        std::shared_ptr<smpp::Submission> submission{};
    };

    Result<SentMessage> hand(smpp::Link& link, const Call& call, const std::vector<std::string>& phones,
                             const sms::Parts& parts, Deadline deadline) {
        const bool once = call.idempotencyKey.empty();
        const std::string id =
            sms::digestOf(once ? host_.random(16) : call.profile + "|" + call.idempotencyKey);
        const std::string key = "sent/" + id;
        const bool whole = call.config["join"].text("udh") == "payload";
        const std::size_t pieces = whole ? 1 : parts.parts.size();
        Progress progress = once ? Progress{} : progressOf(call, key, phones.size(), pieces);
        if (progress.recipients.empty()) {
            progress.reference = reference_++ & 0xff;
            progress.recipients.assign(phones.size(), std::string(pieces, '-'));
        }
        std::vector<Flight> flights;
        std::vector<std::shared_ptr<smpp::Submission>> all;
        for (std::size_t r = 0; r < phones.size(); ++r) {
            for (std::size_t p = 0; p < pieces; ++p) {
                if (progress.recipients[r][p] != '-') continue;
                const smpp::Place place{id, static_cast<int>(r), static_cast<int>(phones.size()),
                                        static_cast<int>(p), static_cast<int>(pieces)};
                auto one = std::make_shared<smpp::Submission>();
                one->body = smpp::bodyOf(packetOf(call.config, phones[r], parts, p, progress.reference));
                one->note = place.note();
                one->deadline = deadline;
                flights.push_back({r, p, one});
                all.push_back(std::move(one));
            }
        }
        link.submit(all);
        const auto failure = judge(flights, progress);
        if (!once) {
            const auto kept =
                host_.kvPut(call, {key, progress.text(), progress.version, host_.nowMs() + progressMs});
            if (!kept)
                host_.log(call, LogLevel::Warning, "smpp.progress_not_kept", {{"why", kept.error().code}});
        }
        if (failure) return *failure;
        return summary(id, progress, phones, whole ? parts.parts.size() : 1);
    }

    Progress progressOf(const Call& call, const std::string& key, std::size_t count,
                        std::size_t parts) const {
        Progress progress;
        const auto held = host_.kvGet(call, key);
        if (!held) return progress;
        progress.version = held->version;
        progress.take(held->value, count, parts);
        return progress;
    }

    smpp::ShortMessage packetOf(const Json& config, const std::string& phone, const sms::Parts& parts,
                                std::size_t part, int reference) const {
        smpp::ShortMessage packet;
        packet.source = smpp::senderOf(config["sender"].string());
        packet.destination = {1, 1, phone};
        packet.dataCoding = parts.ucs2 ? 8 : 0;
        packet.registered = config["receipts"].boolean(true) ? 1 : 0;
        if (const std::int64_t hours = config["validHours"].integer(); hours > 0) {
            const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
            packet.validity = "0000" + two(hours / 24) + two(hours % 24) + "0000000R";
        }
        const std::string join = config["join"].text("udh");
        const auto total = parts.parts.size();
        if (join == "payload") {
            std::string& octets = packet.tlvs[smpp::messagePayload];
            for (const std::string& one : parts.parts)
                octets += one;
            return packet;
        }
        packet.octets = parts.parts[part];
        if (total == 1) return packet;
        if (join == "sar") {
            packet.tlvs[smpp::sarReference] = smpp::bigEndian(static_cast<std::uint64_t>(reference), 2);
            packet.tlvs[smpp::sarTotal] = smpp::bigEndian(total, 1);
            packet.tlvs[smpp::sarNumber] = smpp::bigEndian(part + 1, 1);
            return packet;
        }
        packet.esmClass = 0x40; // a user data header stands before the text
        packet.octets = std::string{"\x05\x00\x03", 3} +
                        smpp::bigEndian(static_cast<std::uint64_t>(reference), 1) +
                        smpp::bigEndian(total, 1) + smpp::bigEndian(part + 1, 1) + packet.octets;
        return packet;
    }

    // Writes down what became of each part. An error where something may still be sent, or must not.
    static std::optional<Error> judge(const std::vector<Flight>& flights, Progress& progress) {
        std::optional<Error> again, final;
        for (const Flight& flight : flights) {
            char& fate = progress.recipients[flight.recipient][flight.part];
            const smpp::Submission& one = *flight.submission;
            if (one.error) {
                again = one.error;
            } else if (one.status == smpp::ok) {
                fate = 's';
            } else if (one.status == smpp::invalidDestination) {
                fate = 'r';
            } else {
                auto refused = refusal(one.status);
                (refused.status == Status::Unavailable ? again : final) = std::move(refused);
            }
        }
        return final ? final : again;
    }

    static Error refusal(std::uint32_t status) {
        const std::string detail = "command_status " + std::to_string(status);
        switch (status) {
        case smpp::systemError:
        case smpp::temporaryError:
        case smpp::unknownError:
        case smpp::invalidCommand:
        case 0x4:  // not bound for this
        case 0xfe: // delivery failure
            return unavailable("message.provider_down", detail);
        case smpp::invalidLength:
        case smpp::invalidCommandLength:
            return rejected("message.too_large", detail);
        default:
            return rejected("message.refused", detail);
        }
    }

    static Result<SentMessage> summary(const std::string& id, const Progress& progress,
                                       const std::vector<std::string>& phones, std::size_t partsOfOne) {
        SentMessage sent{id, 0, {}};
        for (std::size_t r = 0; r < phones.size(); ++r) {
            const std::string& fate = progress.recipients[r];
            if (fate.find('r') != std::string::npos)
                sent.refused.push_back({"+" + phones[r], "ESME_RINVDSTADR"});
            sent.parts += std::count(fate.begin(), fate.end(), 's') * static_cast<std::int64_t>(partsOfOne);
        }
        if (sent.refused.size() == phones.size())
            return rejected("message.recipient_refused", "ESME_RINVDSTADR");
        return sent;
    }

    Host host_;
    std::mutex guard_;
    std::condition_variable changed_;
    bool stopping_ = false;
    std::map<std::string, Standing> links_{};
    std::atomic<int> reference_{0};
    std::thread keeper_{};
};

MOTCUA_PLUGIN(SmppChannel)
