// Messages to people: what identity and dossiers tell becomes an e-mail, carried out by the outbox through a
// plugin.
#pragma once

#include "agency/agency_service.h"
#include "dossier/dossier_service.h"
#include "identity/identity_service.h"
#include "jobs/outbox.h"
#include "jobs/runner.h"
#include "messaging/post.h"
#include "view/theme.h"

#include <optional>
#include <string>
#include <string_view>

namespace motcua::messaging {

class MessagingService {
public:
    struct Rooms {
        db::Database& database;
        jobs::Outbox& outbox;
        identity::IdentityService& identity;
        dossier::DossierService& dossiers;
        agency::AgencyService& agencies;
        Post& post;
        view::ThemeStore& themes; // the words of messages about accounts
        std::string origin;       // the site's address, for links: "https://dichvucong.example"
        std::string hotline{};    // where letters send those with questions
    };
    explicit MessagingService(const Rooms& rooms) : rooms_(rooms) {}

    // Before the start: listens to the rooms' events, and carries out what they put into the outbox.
    void subscribe(identity::IdentityEvents& identity, dossier::Events& dossiers);
    void handleIn(jobs::Runner& runner);

private:
    struct Letter {
        std::string address;
        std::string name;
        std::string subject;
        std::string text;
    };
    void queue(db::Writer& tx, const std::string& subject, Json payload) const;
    void queueAccountMail(db::Writer& tx, const std::string& account, const std::string& email,
                          const std::string& name, const char* words, const std::string& path,
                          const std::string& locale) const;
    Result<void> carryOut(const Context& context, const jobs::OutboxItem& item);
    void queueForHeads(db::Writer& tx, const dossier::Dossier& dossier) const;
    // Nothing where there is nobody to tell any more: the draft was thrown away, the account is gone.
    Result<std::optional<Letter>> letterOf(const Context& context, const Json& payload);
    // To an account, or to an address that has none yet.
    Result<Letter> accountLetter(const Context& context, const Json& payload,
                                 const std::optional<identity::Account>& account);
    // Without its words. NotFound where there is none.
    Result<Letter> readerOf(const Context& context, const dossier::Dossier& dossier);
    Result<Letter> dossierLetter(const Context& context, const Json& payload, const dossier::Dossier& dossier,
                                 const Letter& reader);

    Rooms rooms_;
};

} // namespace motcua::messaging
