#include "db/merge.h"

#include "base/json.h"

#include <algorithm>
#include <bit>

namespace motcua::db {

std::size_t armsFor(std::size_t ranges) {
    return std::min(kMostArms, std::bit_ceil(std::max<std::size_t>(ranges, 1)));
}

std::string unionOf(std::string_view arm, std::size_t arms, std::string_view end) {
    constexpr std::string_view kAnd = " UNION ALL ";
    std::string text;
    text.reserve(arms * (arm.size() + kAnd.size()) + end.size());
    for (std::size_t at = 0; at < arms; ++at) {
        if (at > 0) text += kAnd;
        text += arm;
    }
    text += end;
    return text;
}

std::string merged(Backend backend, std::string_view arm, std::size_t arms, std::string_view order) {
    const std::string end = std::string{order} + " LIMIT ?";
    if (backend == Backend::Sqlite) return unionOf(arm, arms, end);
    return unionOf("(" + std::string{arm} + std::string{order} + ")", arms, end);
}

std::string listOf(std::span<const std::string> ids) {
    Json list = Json::array();
    for (const std::string& id : ids)
        list.add(Json{id});
    return list.dump();
}

} // namespace motcua::db
