// Dossiers that are filed in person: begun by an official for who stands before him, accepted as they are
// filed (Decree 61/2018, article 17.1), followed by code and telephone number.
#include "base/bytes.h"
#include "dossier/dossier_policy.h"
#include "dossier/dossier_service.h"
#include "forms/personal.h"
#include "forms/prefill.h"
#include "identity/identity_policy.h"

#include <algorithm>

namespace motcua::dossier {

namespace {

// The step of a process that takes a dossier in.
constexpr std::string_view kAccept = "accept";

// What forms know of a person by their `prefill`.
Json profileOf(const Applicant& applicant) {
    Json profile = Json::object();
    profile.set("full_name", applicant.name).set("national_id", applicant.nationalId);
    profile.set("phone", applicant.phone).set("email", applicant.email);
    return Json::object().set("profile", std::move(profile));
}

} // namespace

std::vector<Receivable> DossierService::receivable(const Context& context) {
    std::vector<Receivable> all;
    if (context.actor.kind != ActorKind::Official || !context.actor.has("receiver")) return all;
    const auto tree = rooms_.agencies.tree(context);
    const CivilDay today = civilDay(rooms_.clock.now());
    for (const std::string& code : rooms_.forms.procedures(context)) {
        const auto stored = rooms_.catalogue.procedure(context, code);
        if (!stored || !stored->procedure.canBeFiled(catalogue::Channel::Direct)) continue;
        Receivable one{code, stored->procedure.name.in(context.locale),
                       rooms_.catalogue.receivers(context, stored->procedure)};
        std::erase_if(one.agencies, [&](const agency::Agency& agency) {
            return !mayReceive(context.actor, agency.id, *tree, today);
        });
        if (!one.agencies.empty()) all.push_back(std::move(one));
    }
    std::sort(all.begin(), all.end(),
              [](const Receivable& a, const Receivable& b) { return a.name < b.name; });
    return all;
}

Result<Dossier> DossierService::receive(const Context& context, std::string_view procedureCode,
                                        std::string_view agencyId, const Applicant& typed) {
    const Instant now = rooms_.clock.now();
    MOTCUA_TRY(dossier, fresh(context, procedureCode, agencyId));
    if (!mayReceive(context.actor, dossier.agency, *rooms_.agencies.tree(context), civilDay(now)))
        return denied("dossier.not_receiver");
    MOTCUA_TRY(stored, rooms_.catalogue.procedure(context, procedureCode));
    if (!stored.procedure.canBeFiled(catalogue::Channel::Direct)) return rejected("dossier.not_in_person");
    MOTCUA_TRY(applicant, checked(typed, civilDay(now)));
    dossier.channel = kDirect;
    dossier.applicant = applicant.name;
    MOTCUA_TRY(held, package(context, dossier));
    const auto filled = forms::prefill(held->definition, Json::object(), profileOf(applicant), now);
    dossier.answers = forms::judge(held->definition, filled.answers, {now, forms::Stage::Draft, {}}).answers;
    const auto split = forms::splitPersonal(held->definition.form(), dossier.answers);
    return rooms_.database.write(context, [&](db::Writer& tx) -> Result<Dossier> {
        repository_.insert(tx, dossier, split.open, split.sealed);
        receptions_.insert(tx, dossier.id, context.actor.id, applicant);
        rooms_.audit.record(tx, context, dossier.id, "dossier.begun",
                            Json::object()
                                .set("procedure", dossier.procedureCode)
                                .set("channel", dossier.channel)
                                .set("applicant", receptions_.digestOf(applicant))
                                .set("account", applicant.account));
        return dossier;
    });
}

Result<Dossier> DossierService::seePaper(const Context& context, std::string_view id, const std::string& slot,
                                         const std::string& seen) {
    if (!forms::isSeen(seen)) return invalidField("papers." + slot, "dossier.not_seen");
    MOTCUA_TRY(dossier, find(context, id));
    // A citizen's word that somebody saw his paper is none.
    if (!dossier.inPerson() || !mayReceive(context.actor, dossier.agency, *rooms_.agencies.tree(context),
                                           civilDay(rooms_.clock.now())))
        return notFound("dossier.none");
    MOTCUA_TRY(held, package(context, dossier));
    if (!held->definition.form().paper(slot)) return notFound("dossier.no_such_paper");
    return changePapers(context, id, [&](Json& papers) {
        Json present = papers[slot].isNull() ? Json::array() : papers[slot];
        for (const Json& one : present.items())
            if (one["seen"].string() == seen) return;
        present.add(Json::object().set("seen", seen));
        papers.set(slot, std::move(present));
    });
}

// What an official files is the applicant's from then on; who did so for whom stands in the record.
Result<void> DossierService::handOver(Change& change) {
    Dossier& dossier = change.dossier;
    const auto applicant = receptions_.find(change.tx, dossier.id);
    if (!applicant) return notFound("dossier.none");
    dossier.owner = applicant->account;
    repository_.handOver(change.tx, dossier.id, dossier.owner);
    rooms_.audit.record(change.tx, change.context, dossier.id, "dossier.received_for",
                        Json::object()
                            .set("channel", dossier.channel)
                            .set("applicant", receptions_.digestOf(*applicant))
                            .set("account", applicant->account));
    return {};
}

// Accepted by the same official as it is filed.
Result<void> DossierService::takeIn(Change& change) {
    const Dossier& dossier = change.dossier;
    MOTCUA_TRY(open, rooms_.processes.openOf(change.tx, dossier.id));
    for (const process::TaskView& view : open) {
        const auto& actions = view.directions.actions;
        if (std::find(actions.begin(), actions.end(), kAccept) == actions.end()) continue;
        const process::Completion completion{view.task.id, view.task.version, std::string{kAccept},
                                             Json::object(), factsOf(dossier)};
        MOTCUA_TRY(moved, rooms_.processes.complete(change.context, change.tx, change.prepared.calendars,
                                                    completion));
        return follow(change, moved);
    }
    return rejected("dossier.not_in_person"); // its process has no step of the counter
}

std::optional<Applicant> DossierService::cameInPerson(db::Reader& tx, std::string_view id) {
    return receptions_.find(tx, id);
}

Result<Followed> DossierService::followed(const Context& context, std::string_view code,
                                          std::string_view phone) {
    const auto given = identity::normalPhone(phone);
    if (!given) return notFound("dossier.none");
    return rooms_.database.write(context, [&](db::Writer& tx) -> Result<Followed> {
        const auto id = receptions_.dossierOfCode(tx, normalCode(code));
        const auto applicant = id ? receptions_.find(tx, *id) : std::nullopt;
        if (!applicant || applicant->phone.empty() || !equalInConstantTime(applicant->phone, *given))
            return notFound("dossier.none");
        Followed seen;
        MOTCUA_TRY(dossier, repository_.find(tx, *id));
        seen.events = repository_.events(tx, *id);
        if (dossier.state == State::Supplement)
            seen.supplementNote = repository_.lastNote(tx, *id, "supplement_requested");
        seen.refusalReason = refusalOf(tx, dossier);
        seen.dossier = std::move(dossier);
        seen.dossier.answers = Json::object();
        rooms_.audit.record(tx, context, *id, "dossier.followed");
        return seen;
    });
}

} // namespace motcua::dossier
