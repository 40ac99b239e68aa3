#include "agency/agency_service.h"

#include "agency/agency_policy.h"
#include "agency/agency_repository.h"

#include <algorithm>

namespace motcua::agency {

namespace {

constexpr Millis freshFor{1000};

struct State {
    std::vector<Agency> agencies;
    std::vector<Place> places;
};

Agency* find(std::vector<Agency>& agencies, std::string_view id) {
    const auto at =
        std::find_if(agencies.begin(), agencies.end(), [&](const Agency& a) { return a.id == id; });
    return at == agencies.end() ? nullptr : &*at;
}

void place(std::vector<Place>& places, const Place& wanted) {
    const auto at = std::find_if(places.begin(), places.end(), [&](const Place& p) {
        return p.agency == wanted.agency && p.from == wanted.from;
    });
    if (at == places.end())
        places.push_back(wanted);
    else
        at->parent = wanted.parent;
}

// The state after the file; an agency that is closed but not there is left to the check of the tree.
State merged(State state, const AgencyFile& file) {
    for (const auto& written : file.agencies) {
        Agency agency = written.agency;
        if (Agency* old = find(state.agencies, agency.id)) {
            if (!written.endGiven) agency.to = old->to;
            agency.successor = old->successor;
            *old = agency;
        } else {
            state.agencies.push_back(agency);
        }
        if (!written.parent.empty()) place(state.places, {agency.id, agency.from, written.parent});
    }
    for (const auto& closed : file.closed) {
        if (Agency* agency = find(state.agencies, closed.id)) {
            agency->to = closed.to;
            agency->successor = closed.successor;
        }
    }
    for (const auto& moved : file.moved)
        place(state.places, moved);
    return state;
}

// The mistakes that only show beside what stands already.
std::vector<std::string> faultsOf(const State& state, const AgencyFile& file) {
    auto wrong = Tree::faults(state.agencies, state.places);
    for (const auto& closed : file.closed) {
        const bool known = std::any_of(state.agencies.begin(), state.agencies.end(),
                                       [&](const Agency& agency) { return agency.id == closed.id; });
        if (!known) wrong.push_back("agency " + closed.id + " is closed but does not exist");
    }
    return wrong;
}

struct Change {
    std::vector<Agency> agencies; // new or different
    std::vector<Place> places;
    LoadReport report;
};

Change difference(State& before, const State& after, const AgencyFile& file) {
    Change change;
    for (const auto& agency : after.agencies) {
        const Agency* old = find(before.agencies, agency.id);
        if (!old) ++change.report.added;
        if (old && *old != agency) ++change.report.changed;
        if (!old || *old != agency) change.agencies.push_back(agency);
    }
    for (const auto& each : after.places)
        if (std::find(before.places.begin(), before.places.end(), each) == before.places.end())
            change.places.push_back(each);
    const auto same = [&](const auto& written) {
        const Agency* old = find(before.agencies, written.agency.id);
        return old && std::none_of(change.agencies.begin(), change.agencies.end(),
                                   [&](const Agency& agency) { return agency.id == old->id; });
    };
    change.report.unchanged =
        static_cast<int>(std::count_if(file.agencies.begin(), file.agencies.end(), same));
    return change;
}

Result<Change> changeBy(State& before, const State& after, const AgencyFile& file) {
    if (const auto wrong = faultsOf(after, file); !wrong.empty()) {
        Error error = invalid("agency.bad_tree");
        for (const auto& sentence : wrong)
            error.detail += (error.detail.empty() ? "" : "\n") + sentence;
        return error;
    }
    return difference(before, after, file);
}

std::vector<std::string> changedBy(const Change& change) {
    std::vector<std::string> changed;
    for (const auto& agency : change.agencies)
        changed.push_back(agency.id);
    for (const auto& each : change.places)
        changed.push_back(each.agency);
    return changed;
}

void store(db::Writer& writer, const Change& change) {
    for (const auto& agency : change.agencies)
        freeNames(writer, agency);
    for (const auto& agency : change.agencies)
        putAgency(writer, agency);
    for (const auto& agency : change.agencies) {
        putNames(writer, agency);
        putSuccessor(writer, agency);
    }
    for (const auto& each : change.places)
        putPlace(writer, each);
    if (!change.agencies.empty() || !change.places.empty()) raiseStateVersion(writer);
}

} // namespace

std::shared_ptr<const Tree> AgencyService::tree(const Context& context) {
    const std::lock_guard lock{mutex_};
    const Instant now = clock_.now();
    if (tree_ && now - checked_ < freshFor && now >= checked_) return tree_;
    database_.read(context, [&](db::Reader& reader) {
        const auto version = stateVersion(reader);
        if (!tree_ || version != version_)
            tree_ = std::make_shared<const Tree>(readAgencies(reader), readPlaces(reader));
        version_ = version;
    });
    checked_ = now;
    return tree_;
}

Result<Agency> AgencyService::find(const Context& context, std::string_view text) {
    const auto all = tree(context);
    const Agency* agency = all->resolve(text);
    if (!agency) return notFound("agency.unknown");
    return *agency;
}

std::vector<Agency> AgencyService::children(const Context& context, std::string_view id) {
    const auto all = tree(context);
    std::vector<Agency> found;
    for (const auto* agency : all->children(id, civilDay(clock_.now())))
        found.push_back(*agency);
    return found;
}

std::vector<Agency> AgencyService::ancestors(const Context& context, std::string_view id) {
    const auto all = tree(context);
    std::vector<Agency> found;
    for (const auto* agency : all->ancestors(id, civilDay(clock_.now())))
        found.push_back(*agency);
    return found;
}

bool AgencyService::within(const Context& context, std::string_view region, std::string_view id) {
    return tree(context)->within(region, id, civilDay(clock_.now()));
}

Result<std::vector<std::string>> AgencyService::preview(const Context& context, const AgencyFile& file) {
    return database_.read(context, [&](db::Reader& reader) -> Result<std::vector<std::string>> {
        State before{readAgencies(reader), readPlaces(reader)};
        const State after = merged(before, file);
        MOTCUA_TRY(change, changeBy(before, after, file));
        auto changed = changedBy(change);
        std::sort(changed.begin(), changed.end());
        changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
        return changed;
    });
}

Result<LoadReport> AgencyService::load(const Context& context, const AgencyFile& file) {
    const CivilDay today = civilDay(clock_.now());
    auto loaded = database_.write(context, [&](db::Writer& writer) -> Result<LoadReport> {
        State before{readAgencies(writer), readPlaces(writer)};
        const State after = merged(before, file);
        MOTCUA_TRY(change, changeBy(before, after, file));
        const Tree old{before.agencies, before.places};
        if (!mayChange(context.actor, old, Tree{after.agencies, after.places}, changedBy(change), today))
            return denied("agency.denied");
        store(writer, change);
        for (const auto& agency : change.agencies)
            audit_.record(writer, context, "agency:" + agency.id, "agency.written",
                          Json::object().set("identifier", agency.identifier).set("to", agency.to.iso()));
        for (const auto& each : change.places)
            audit_.record(writer, context, "agency:" + each.agency, "agency.placed",
                          Json::object().set("parent", each.parent).set("from", each.from.iso()));
        return change.report;
    });
    if (loaded) {
        const std::lock_guard lock{mutex_};
        checked_ = Instant{0}; // our own change is seen at once
    }
    return loaded;
}

} // namespace motcua::agency
