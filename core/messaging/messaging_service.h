// Messages to people: what identity and dossiers tell becomes an e-mail, carried out by the outbox through a
// plugin.
#pragma once

#include "agency/agency_service.h"
#include "dossier/dossier_service.h"
#include "forms/forms_service.h"
#include "identity/identity_service.h"
#include "jobs/outbox.h"
#include "jobs/runner.h"
#include "plugins/clients.h"
#include "view/theme.h"

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
        forms::FormsService& forms;
        agency::AgencyService& agencies;
        const plugins::PluginRegistry& plugins;
        view::ThemeStore& themes; // the words of messages about accounts
        std::string origin;       // the site's address, for links: "https://dichvucong.example"
        std::string hotline{};    // where letters send those with questions
    };
    explicit MessagingService(const Rooms& rooms) : rooms_(rooms), client_(rooms.plugins) {}

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
    // To an account, or to an address that has none yet.
    Result<Letter> accountLetter(const Context& context, const Json& payload);
    Result<Letter> readerOf(const Context& context, const dossier::Dossier& dossier); // without its words
    Result<Letter> dossierLetter(const Context& context, const Json& payload);

    Rooms rooms_;
    plugins::MessageClient client_;
};

} // namespace motcua::messaging
