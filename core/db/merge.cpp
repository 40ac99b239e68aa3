#include "db/merge.h"

#include "base/json.h"

#include <algorithm>
#include <bit>

namespace motcua::db {

namespace {

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

} // namespace

std::size_t armsFor(std::size_t ranges) {
    return std::min(kMostArms, std::bit_ceil(std::max<std::size_t>(ranges, 1)));
}

std::string merged(Backend backend, std::string_view arm, std::size_t arms, std::string_view order) {
    const std::string end = std::string{order} + " LIMIT ?";
    if (backend == Backend::Sqlite || arms == 1) return unionOf(arm, arms, end);
    return unionOf("(" + std::string{arm} + std::string{order} + ")", arms, end);
}

std::string counted(std::string_view arm, std::size_t arms) {
    return "SELECT count(*) FROM (" + unionOf(arm, arms, " LIMIT ?) AS counted");
}

std::string listOf(std::span<const std::string> ids) {
    Json list = Json::array();
    for (const std::string& id : ids)
        list.add(Json{id});
    return list.dump();
}

} // namespace motcua::db
