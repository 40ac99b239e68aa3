// Signs papers: finds who signs for an agency, has a plugin make the signature and an authority the
// time-stamp, and judges its own work.
#pragma once

#include "agency/agency_service.h"
#include "documents/write_pdf.h"
#include "plugins/clients.h"
#include "signing/pades.h"
#include "signing/paper.h"
#include "signing/verify.h"

#include <optional>
#include <string>

namespace motcua::signing {

struct SignerSettings {
    std::string trustFolder{};   // certificates of the authorities that are trusted
    std::string timeAuthority{}; // where time-stamps are had (RFC 3161 over HTTP); "": signatures are B-B
    bool timeRequired = false;   // no paper is signed without; else it gets its time-stamp later
};

struct SignedPaper {
    std::string bytes;
    Level level = Level::Basic;
};

class PaperSigner {
public:
    PaperSigner(const plugins::PluginRegistry& plugins, agency::AgencyService& agencies, const Clock& clock,
                SignerSettings settings)
        : signer_(plugins), agencies_(agencies), clock_(clock), settings_(std::move(settings)) {}

    // The profile that signs for an agency (profileFor), as calls name it.
    std::optional<std::string> profileOf(const Context& context, const std::string& agency) const;
    // Errors: Rejected "signing.no_certificate"; those of the plugin and of signPdf.
    Result<SignedPaper> sign(const Context& context, const Paper& paper, const std::string& profile,
                             const documents::LaidOut& laid) const;
    // What a signature still lacks for the settings' sake is added behind it. Errors: those of stampPdf.
    Result<SignedPaper> extended(const SignedPaper& paper) const;
    bool isWhole(Level level) const { return settings_.timeAuthority.empty() || level >= Level::Timed; }

    Verdict judge(std::string_view pdf, std::optional<Instant> knownAt = {}) const;

private:
    struct Seal {
        std::string profile;
        sdk::SigningCertificate certificate;
        KeyKind kind;
    };
    Result<Seal> sealOf(const Context& context, const std::string& profile) const;
    SignatureFacts factsOf(const Context& context, const Paper& paper, const Seal& seal) const;
    Result<std::string> signatureOf(const Context& context, const Paper& paper, const Seal& seal,
                                    const std::string& reason, const std::string& digest) const;
    TimeStamper stamper(Level& reached) const;
    Result<SignedPaper> intact(std::string bytes, Level level, std::size_t signatures) const;

    plugins::SignatureClient signer_;
    agency::AgencyService& agencies_;
    const Clock& clock_;
    SignerSettings settings_;
};

} // namespace motcua::signing
