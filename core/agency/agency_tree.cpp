#include "agency/agency_tree.h"

#include "agency/identifier.h"
#include "base/text.h"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <tuple>

namespace motcua::agency {

namespace {

// All names by which others may mean this agency.
std::set<std::string> namesOf(const Agency& agency) {
    std::set<std::string> all{agency.aliases.begin(), agency.aliases.end()};
    for (const auto& text : {agency.identifier, agency.oldIdentifier})
        if (!text.empty()) all.insert(text);
    return all;
}

void findDoubles(const std::vector<Agency>& agencies, std::vector<std::string>& wrong) {
    std::set<std::string> ids;
    std::map<std::string, std::string> meant;
    for (const auto& agency : agencies) {
        if (!ids.insert(agency.id).second) wrong.push_back("agency " + agency.id + " stands twice");
        if (agency.to < agency.from) wrong.push_back("agency " + agency.id + " ends before it begins");
        for (const auto& name : namesOf(agency)) {
            const auto [at, fresh] = meant.emplace(name, agency.id);
            if (!fresh && at->second != agency.id)
                wrong.push_back("identifier " + name + " means " + at->second + " and " + agency.id);
        }
    }
}

void findUnknown(const std::vector<Agency>& agencies, const std::vector<Place>& places,
                 std::vector<std::string>& wrong) {
    std::set<std::string> known;
    std::set<std::string> placed;
    for (const auto& agency : agencies)
        known.insert(agency.id);
    for (const auto& place : places) {
        placed.insert(place.agency);
        if (!known.contains(place.agency)) wrong.push_back("place of an unknown agency " + place.agency);
        if (!known.contains(place.parent))
            wrong.push_back("agency " + place.agency + " stands below an unknown " + place.parent);
    }
    for (const auto& agency : agencies) {
        if (!agency.successor.empty() && !known.contains(agency.successor))
            wrong.push_back("agency " + agency.id + " is taken over by an unknown " + agency.successor);
        const bool below = placed.contains(agency.id);
        if ((agency.kind == Kind::City) == below)
            wrong.push_back("agency " + agency.id +
                            (below ? " is the city and has a parent" : " has no parent"));
    }
}

// Between two days on which a place begins nothing changes, so walking up on each of them finds every circle.
void findCircles(const std::vector<Agency>& agencies, const std::vector<Place>& places,
                 std::vector<std::string>& wrong) {
    std::set<CivilDay> days{always};
    for (const auto& place : places)
        days.insert(place.from);
    for (const auto& day : days) {
        std::map<std::string, const Place*> newest; // of each agency, on the day
        for (const auto& place : places) {
            if (day < place.from) continue;
            auto& held = newest[place.agency];
            if (!held || held->from < place.from) held = &place;
        }
        for (const auto& agency : agencies) {
            std::set<std::string> seen;
            auto at = newest.find(agency.id);
            while (at != newest.end() && seen.insert(at->first).second)
                at = newest.find(at->second->parent);
            if (at != newest.end())
                wrong.push_back("agency " + agency.id + " stands below itself from " + day.iso());
        }
    }
}

} // namespace

Tree::Tree(std::vector<Agency> agencies, std::vector<Place> places)
    : agencies_(std::move(agencies)), places_(std::move(places)) {
    if (const auto wrong = faults(agencies_, places_); !wrong.empty())
        throw std::logic_error("agency tree: " + wrong.front());
    std::sort(agencies_.begin(), agencies_.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    std::sort(places_.begin(), places_.end(), [](const auto& a, const auto& b) {
        return std::tie(a.agency, a.from) < std::tie(b.agency, b.from);
    });
    for (const auto& agency : agencies_)
        for (const auto& name : namesOf(agency))
            aliases_.emplace(name, agency.id);
    // In the order in which children() answers them: sorting by names is too slow for every request.
    std::vector<std::tuple<Kind, std::string, std::string, std::size_t>> order;
    for (std::size_t i = 0; i < places_.size(); ++i) {
        const Agency& agency = *find(places_[i].agency);
        order.emplace_back(agency.kind, text::sortKey(agency.name), agency.id, i);
    }
    std::sort(order.begin(), order.end());
    for (const auto& [kind, name, id, place] : order)
        below_[places_[place].parent].push_back(place);
}

const Agency* Tree::find(std::string_view id) const {
    const auto at =
        std::lower_bound(agencies_.begin(), agencies_.end(), id,
                         [](const Agency& agency, std::string_view wanted) { return agency.id < wanted; });
    return at != agencies_.end() && at->id == id ? &*at : nullptr;
}

const Agency* Tree::resolve(std::string_view text) const {
    if (const auto* agency = find(text)) return agency;
    auto named = aliases_.find(text);
    if (named == aliases_.end())
        if (const auto other = newForm(text)) named = aliases_.find(*other);
    return named == aliases_.end() ? nullptr : find(named->second);
}

std::string Tree::parent(std::string_view id, const CivilDay& day) const {
    std::string found;
    const auto from =
        std::lower_bound(places_.begin(), places_.end(), id,
                         [](const Place& place, std::string_view wanted) { return place.agency < wanted; });
    for (auto at = from; at != places_.end() && at->agency == id && at->from <= day; ++at)
        found = at->parent;
    return found;
}

std::vector<const Agency*> Tree::children(std::string_view id, const CivilDay& day) const {
    std::vector<const Agency*> all;
    const auto below = below_.find(id);
    if (below == below_.end()) return all;
    for (const auto i : below->second) {
        const auto* agency = find(places_[i].agency);
        const bool here = places_[i].from <= day && parent(agency->id, day) == id;
        if (here && agency->validOn(day) && std::find(all.begin(), all.end(), agency) == all.end())
            all.push_back(agency);
    }
    return all;
}

std::vector<const Agency*> Tree::ancestors(std::string_view id, const CivilDay& day) const {
    std::vector<const Agency*> all;
    for (auto above = parent(id, day); !above.empty(); above = parent(above, day))
        all.push_back(find(above));
    return all;
}

std::vector<const Agency*> Tree::subtree(std::string_view id, const CivilDay& day) const {
    std::vector<const Agency*> all;
    const auto* top = find(id);
    if (!top || !top->validOn(day)) return all;
    all.push_back(top);
    for (std::size_t i = 0; i < all.size(); ++i)
        for (const auto* child : children(all[i]->id, day))
            all.push_back(child);
    return all;
}

bool Tree::within(std::string_view region, std::string_view id, const CivilDay& day) const {
    if (!find(region) || !find(id)) return false;
    if (region == id) return true;
    const auto above = ancestors(id, day);
    return std::any_of(above.begin(), above.end(),
                       [&](const Agency* agency) { return agency->id == region; });
}

bool Tree::withinAny(const std::vector<std::string>& regions, std::string_view id,
                     const CivilDay& day) const {
    return std::any_of(regions.begin(), regions.end(),
                       [&](const std::string& region) { return within(region, id, day); });
}

std::vector<std::string> Tree::faults(const std::vector<Agency>& agencies, const std::vector<Place>& places) {
    std::vector<std::string> wrong;
    findDoubles(agencies, wrong);
    findUnknown(agencies, places, wrong);
    if (wrong.empty()) findCircles(agencies, places, wrong);
    return wrong;
}

} // namespace motcua::agency
