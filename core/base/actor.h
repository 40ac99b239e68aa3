// Who acts: a plain value that http and every policy can judge without knowing how the person signed in.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace motcua {

enum class ActorKind { Anonymous, Citizen, Official, System };

struct Actor {
    ActorKind kind = ActorKind::Anonymous;
    std::string id{};                 // UUIDv7 of the account; empty for anonymous
    std::string name{};               // as shown to others
    std::vector<std::string> roles{}; // "receiver", "leader", …: the first holds in the first region, …
    std::vector<std::string>
        regions{}; // ids of agencies, themselves and below; unlike in number: all roles in all regions

    bool signedIn() const { return kind == ActorKind::Citizen || kind == ActorKind::Official; }
    bool has(std::string_view role) const {
        return std::find(roles.begin(), roles.end(), role) != roles.end();
    }

    // The system itself: jobs, plugins, migrations.
    static Actor system(std::string name) { return {ActorKind::System, "system", std::move(name), {}, {}}; }
};

} // namespace motcua
