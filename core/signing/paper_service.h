// Makes the papers of dossiers: asked for in the transaction of the event, made, signed and kept by the
// outbox; and tells anybody what a paper is worth.
#pragma once

#include "dossier/dossier_service.h"
#include "identity/identity_service.h"
#include "jobs/outbox.h"
#include "jobs/runner.h"
#include "plugins/clients.h"
#include "signing/paper_repository.h"
#include "signing/paper_signer.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::signing {

// What anybody who holds a paper may know of it by its code: no person is named.
struct Checked {
    std::string kind{};
    std::string agency{}; // id
    std::string number{};
    std::optional<Instant> madeAt{}; // nothing: it is still being made
    Verdict verdict{};               // of the file as it is kept
};

class PaperService {
public:
    struct Rooms {
        db::Database& database;
        vault::Vault& vault;
        audit::Audit& audit;
        jobs::Outbox& outbox;
        dossier::DossierService& dossiers;
        catalogue::CatalogueService& catalogue;
        agency::AgencyService& agencies;
        identity::IdentityService& identity;
        files::FileStore& files;
        const plugins::PluginRegistry& plugins;
        const Clock& clock;
        std::string origin;         // the site's address, for the code on the paper
        std::string templateFolder; // receipt.mustache, supplement.mustache, refusal.mustache
        SignerSettings signing;
    };
    explicit PaperService(const Rooms& rooms)
        : rooms_(rooms),
          repository_(rooms.vault),
          signer_(rooms.plugins, rooms.agencies, rooms.clock, rooms.signing) {}

    // Before the start: listens to dossiers, carries out what it put into the outbox, and looks after papers
    // that wait.
    void subscribe(dossier::Events& dossiers);
    void handleIn(jobs::Runner& runner);

    // An official's one act over several dossiers: each is approved in a transaction of its own and goes its
    // own way; the papers that this causes are signed together. `key` names the act: again, it does nothing.
    // Errors: Invalid signing.batch_size; what hinders one dossier stands in ofBatch().
    static constexpr std::size_t kMostTogether = 25;
    struct Chosen {
        std::string dossier;
        std::string task;
        std::int64_t version = 0; // of the task, as the page showed it
        std::string shown;        // the dossier's code
    };
    Result<void> approveTogether(const Context& context, const std::string& key,
                                 const std::vector<Chosen>& chosen);
    struct BatchState {
        BatchItem item;
        std::optional<Paper> paper{}; // that the act caused
    };
    // How such an act of this official went. NotFound paper.no_batch.
    Result<std::vector<BatchState>> ofBatch(const Context& context, std::string_view key);

    // A dossier's papers, also those that wait; for whoever may see the dossier.
    Result<std::vector<Paper>> ofDossier(const Context& context, std::string_view dossier);
    // For anybody. NotFound paper.none.
    Result<Checked> check(const Context& context, std::string_view code);
    // `knownAt` as verify() has it.
    Verdict judge(std::string_view pdf, std::optional<Instant> knownAt = {}) const {
        return signer_.judge(pdf, knownAt);
    }

private:
    void ask(db::Writer& tx, const Context& context, const dossier::Dossier& dossier, std::string_view kind,
             const std::string& note);
    void queue(db::Writer& tx, const Paper& paper);
    Result<void> carryOut(const Context& context, const jobs::OutboxItem& item);
    Result<void> carryOutTogether(const Context& context, const jobs::OutboxItem& item);
    void makeTogether(const Context& context, std::vector<Paper> papers);
    void putBack(const Context& context, const Paper& paper, const std::string& problem);
    Result<void> make(const Context& context, const Paper& paper);
    Result<void> keepIfSigned(const Context& context, const Paper& paper, const dossier::Dossier& dossier,
                              const documents::LaidOut& laid, Result<SignedPaper> made);
    Result<documents::LaidOut> lay(const Context& context, const Paper& paper,
                                   const dossier::Dossier& dossier);
    Result<Json> dataOf(const Context& context, const Paper& paper, const dossier::Dossier& dossier);
    Result<std::string> noteOf(const Context& context, const Paper& paper);
    void fillApplicant(const Context& context, const dossier::Dossier& dossier, const Json& answers,
                       Json& data);
    void fillTerms(const Context& context, const Paper& paper, const dossier::Dossier& dossier, Json& data);
    Result<void> keep(const Context& context, const Paper& paper, const dossier::Dossier& dossier,
                      SignedPaper made, bool isSigned);
    Result<void> postpone(const Context& context, const Paper& paper, const std::string& problem, Millis by);
    void lookAfter(const Context& context);
    void extendAll(const Context& context);
    Result<void> extend(const Context& context, const Paper& paper);

    Rooms rooms_;
    PaperRepository repository_;
    PaperSigner signer_;
};

} // namespace motcua::signing
