// The whole tree of agencies in memory: a state that does not change, asked for any day.
#pragma once

#include "agency/agency.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::agency {

class Tree {
public:
    Tree() = default;
    // Places are in any order; a place or alias of an agency that is not there is a bug (std::logic_error).
    Tree(std::vector<Agency> agencies, std::vector<Place> places);

    const Agency* find(std::string_view id) const; // on any day
    // By id, by an identifier in either form (short old forms too) or by an alias.
    const Agency* resolve(std::string_view text) const;

    // On the day; empty for the city and for an agency that does not stand anywhere then.
    std::string parent(std::string_view id, const CivilDay& day) const;
    // Those valid on the day, by kind and name in a dictionary's order.
    std::vector<const Agency*> children(std::string_view id, const CivilDay& day) const;
    // Its parent first, the city last.
    std::vector<const Agency*> ancestors(std::string_view id, const CivilDay& day) const;
    // Itself and all below it, valid on the day, parents before children.
    std::vector<const Agency*> subtree(std::string_view id, const CivilDay& day) const;
    // Whether the agency is the region or stands below it on the day (phân quyền theo vùng dữ liệu, O18).
    bool within(std::string_view region, std::string_view id, const CivilDay& day) const;
    bool withinAny(const std::vector<std::string>& regions, std::string_view id, const CivilDay& day) const;

    const std::vector<Agency>& all() const { return agencies_; }
    const std::vector<Place>& places() const { return places_; }

    // What no tree may have on any day: an agency below itself, a parent that does not exist, one name for
    // two agencies. Empty where all is well; else one sentence for each.
    static std::vector<std::string> faults(const std::vector<Agency>& agencies,
                                           const std::vector<Place>& places);

private:
    std::vector<Agency> agencies_;                                       // by id
    std::vector<Place> places_;                                          // by agency and day
    std::map<std::string, std::string, std::less<>> aliases_;            // → id
    std::map<std::string, std::vector<std::size_t>, std::less<>> below_; // parent → places
};

} // namespace motcua::agency
