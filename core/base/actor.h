// Who acts: a plain value that http and every policy can judge without knowing how the person signed in.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace motcua {

enum class ActorKind { Anonymous, Citizen, Official, System };

// A role and the agency it holds for, with all below it (phân quyền theo vùng dữ liệu, O18).
struct Grant {
    std::string role;
    std::string region;
};

struct Actor {
    ActorKind kind = ActorKind::Anonymous;
    std::string id{};                 // UUIDv7 of the account; empty for anonymous
    std::string name{};               // as shown to others
    std::vector<std::string> roles{}; // "receiver", "specialist", "leader", "admin", …
    std::vector<std::string>
        regions{}; // ids of the agencies whose data this actor may reach, themselves and below
    std::vector<Grant>
        grants{}; // which role holds where; empty: each role in every region (who has one role needs no more)

    bool signedIn() const { return kind == ActorKind::Citizen || kind == ActorKind::Official; }
    bool has(std::string_view role) const {
        return std::find(roles.begin(), roles.end(), role) != roles.end();
    }
    // Where the role holds. A leader of one ward who receives dossiers in another leads only the first.
    std::vector<std::string> regionsOf(std::string_view role) const {
        if (!has(role)) return {};
        if (grants.empty()) return regions;
        std::vector<std::string> held;
        for (const Grant& grant : grants)
            if (grant.role == role) held.push_back(grant.region);
        return held;
    }
    void grant(const std::string& role, const std::string& region) {
        if (!has(role)) roles.push_back(role);
        if (std::find(regions.begin(), regions.end(), region) == regions.end()) regions.push_back(region);
        grants.push_back({role, region});
    }

    // The system itself: jobs, plugins, migrations.
    static Actor system(std::string name) {
        return {ActorKind::System, "system", std::move(name), {}, {}, {}};
    }
};

} // namespace motcua
