// What plugins of remote signing services share: JSON over HTTP with the capability's errors, ids that bind a
// certificate, sessions that bind a request, and the memory by which a repetition is answered the same.
#pragma once

#include "motcua/sdk/signature.h"

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace remote {

namespace sdk = motcua::sdk;

struct Answer {
    std::int64_t status = 0;
    sdk::Json body{};
};

// Answers under 500 with a JSON object; Unavailable "signature.provider_down" for 429, 5xx, what is no JSON
// and what does not answer. Timeout and untrusted TLS stay the host's words.
sdk::Result<Answer> post(const sdk::Host& host, const sdk::Call& call, const std::string& url,
                         const sdk::Json& body, std::map<std::string, std::string> headers = {});
sdk::Result<Answer> postForm(const sdk::Host& host, const sdk::Call& call, const std::string& url,
                             const std::map<std::string, std::string>& fields);

// A short word of the service's as it may stand in an error: letters, digits, _ - . only.
std::string wordOf(const std::string& text);

// "name#fingerprint": a renewed certificate has another id, so a signature can't come from another than was
// listed.
std::string certificateId(const std::string& name, std::string_view certificate);
struct CertificateId {
    std::string name{};
    std::string fingerprint{};
};
std::optional<CertificateId> parseCertificateId(const std::string& id);
bool bears(std::string_view certificate, const CertificateId& id);

// Base64 with or without line ends, or PEM; as services send certificates and signatures.
std::optional<std::string> looseBase64(std::string_view text);

// The same for the same certificate, algorithm, digests and user.
std::string digestOf(const sdk::SignRequest& request);

// Invalid where a digest is not as long as the algorithm's or more are given than the key signs at once.
sdk::Result<void> checkRequest(const sdk::SignRequest& request, std::int64_t batch);

// Texts kept in the plugin's store, of any length, by profile and name. They hold neither secrets nor names
// of people.
class Memory {
public:
    explicit Memory(const sdk::Host& host) : host_(host) {}
    sdk::Result<std::string> find(const sdk::Call& call, const std::string& name) const; // "": none
    sdk::Result<void> keep(const sdk::Call& call, const std::string& name, const std::string& text,
                           std::int64_t expiresAt) const;

    // Signed, refused or expired, as it was first answered.
    sdk::Result<std::optional<sdk::SigningProgress>> ended(const sdk::Call& call,
                                                           const std::string& session) const;
    sdk::Result<sdk::SigningProgress> end(const sdk::Call& call, const std::string& session,
                                          sdk::SigningProgress progress) const;

private:
    std::string keyOf(const sdk::Call& call, const std::string& name, std::size_t part) const;
    sdk::Result<void> write(const sdk::Call& call, const std::string& key, std::string_view text,
                            std::int64_t expiresAt) const;
    sdk::Host host_;
};

// Who works on which session, so that a double click does not ask its owner twice.
class Busy {
public:
    class Turn {
    public:
        Turn(Busy& of, std::string name) : of_(&of), name_(std::move(name)) {}
        Turn(Turn&& other) noexcept : of_(std::exchange(other.of_, nullptr)), name_(std::move(other.name_)) {}
        Turn& operator=(Turn&&) = delete;
        ~Turn() {
            if (!of_) return;
            const std::lock_guard lock{of_->guard_};
            of_->names_.erase(name_);
        }

    private:
        Busy* of_;
        std::string name_;
    };
    std::optional<Turn> take(const std::string& name) {
        const std::lock_guard lock{guard_};
        if (!names_.insert(name).second) return std::nullopt;
        return std::optional<Turn>{std::in_place, *this, name};
    }

private:
    std::mutex guard_;
    std::set<std::string> names_;
};

} // namespace remote
