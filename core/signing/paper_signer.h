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
#include <string_view>
#include <vector>

namespace motcua::signing {

struct SignerSettings {
    std::string trustFolder{};   // certificates of the authorities that are trusted
    std::string timeAuthority{}; // where time-stamps are had (RFC 3161 over HTTP); "": signatures are B-B
    bool timeRequired = false;   // no paper is signed without; else it gets its time-stamp later
    bool revocation = true;      // authorities are asked whether certificates still stand
    std::vector<std::string> inside{}; // those of them that lie in the own network (AuthorityDesk)
};

struct SignedPaper {
    std::string bytes;
    Level level = Level::Basic;
    bool whole = true; // false: an authority was silent, and there may be more to prove later
};

class PaperSigner {
public:
    PaperSigner(const plugins::PluginRegistry& plugins, agency::AgencyService& agencies, const Clock& clock,
                SignerSettings settings)
        : signer_(plugins),
          agencies_(agencies),
          clock_(clock),
          settings_(std::move(settings)),
          desk_(clock, settings_.inside) {}

    // The profile that signs for an agency (profileFor), as calls name it.
    std::optional<std::string> profileOf(const Context& context, const std::string& agency) const;
    // What is signed in one act: as many papers as a profile's key takes go to the plugin in one call, so
    // that its device is unlocked, or its owner asked, once. What goes wrong with one paper stops no other;
    // where the plugin signs nothing, all of its call say why.
    struct Task {
        const Paper& paper;
        const documents::LaidOut& laid;
    };
    // In the order of the tasks, all of one agency. What decides something gets the organisation's seal (chữ
    // ký số của cơ quan) behind the signature of its leader, where a profile "<name>-seal" is there beside
    // the names that profileFor knows (Decree 30/2020, article 13). Errors: Rejected
    // "signing.no_certificate"; those of the plugin and of signPdf.
    std::vector<Result<SignedPaper>> sign(const Context& context, const std::vector<Task>& tasks,
                                          const std::string& profile) const;
    // What a signature still lacks for the settings' sake is added behind it. Errors: those of stampPdf.
    Result<SignedPaper> extended(const SignedPaper& paper) const;

    Verdict judge(std::string_view pdf, std::optional<Instant> knownAt = {}) const;

private:
    struct Seal {
        std::string profile;
        sdk::SigningCertificate certificate;
        KeyKind kind;
    };
    std::optional<std::string> profileOf(const Context& context, const std::string& agency,
                                         std::string_view ending) const;
    // A paper on its way: what it is by now, or why it is no more than that.
    struct Work {
        const Task& task;
        Result<std::string> pdf;
        bool sealed = false; // it gets the organisation's seal behind the leader's signature
        Level level = Level::Basic;
    };
    enum class Round { Alone, Leader, Organisation };
    void signAll(const Context& context, const std::string& profile, Round round,
                 std::vector<Work*> works) const;
    void signSome(const Context& context, const Seal& seal, Round round,
                  const std::vector<Work*>& works) const;
    Result<SignedPaper> completed(Work& work) const;
    Result<Seal> sealOf(const Context& context, const std::string& profile) const;
    SignatureFacts factsOf(const Context& context, const Paper& paper, const Seal& seal) const;
    Result<std::vector<std::string>> signaturesOf(const Context& context, const Seal& seal,
                                                  const std::string& paper, const std::string& reason,
                                                  const std::vector<std::string>& digests) const;
    TimeStamper stamper(Level& reached) const;
    Result<SignedPaper> intact(std::string bytes, Level level, std::size_t signatures) const;
    Result<SignedPaper> proved(SignedPaper paper) const;

    plugins::SignatureClient signer_;
    agency::AgencyService& agencies_;
    const Clock& clock_;
    SignerSettings settings_;
    mutable AuthorityDesk desk_;
};

} // namespace motcua::signing
