#include "identity/accounts_desk.h"

#include "base/bytes.h"
#include "base/text.h"
#include "identity/identity_policy.h"

#include <algorithm>

namespace motcua::identity {

namespace {

constexpr int kMostByName = 200;

} // namespace

Result<std::shared_ptr<const agency::Tree>> AccountsDesk::admitted(const Context& context) {
    if (!mayManageAccounts(context.actor)) return denied("account.not_allowed");
    return agencies_.tree(context);
}

std::optional<ManagedAccount> AccountsDesk::managed(const Context& context, db::Reader& tx,
                                                    const agency::Tree& tree, std::string_view id) {
    auto account = repository_.find(tx, id);
    if (!account) return std::nullopt;
    ManagedAccount found{std::move(*account), repository_.roles(tx, id)};
    if (!mayManage(context.actor, found.roles, tree, today())) return std::nullopt;
    return found;
}

Result<AccountPage> AccountsDesk::list(const Context& context, std::string_view words, std::string_view after,
                                       int limit) {
    MOTCUA_TRY(tree, admitted(context));
    return database_.read(context, [&](db::Reader& tx) -> Result<AccountPage> {
        AccountPage page;
        const auto take = [&](const std::vector<std::string>& ids) {
            for (const std::string& id : ids)
                if (auto one = managed(context, tx, *tree, id)) page.items.push_back(std::move(*one));
        };
        if (isEmail(words)) {
            if (const auto id = repository_.idByEmail(tx, words)) take({*id});
            return page;
        }
        if (!text::words(text::fold(words)).empty()) {
            take(repository_.idsByName(tx, words, kMostByName));
            std::erase_if(page.items, [](const ManagedAccount& one) {
                return one.account.kind != AccountKind::Official;
            });
            return page;
        }
        // Others' officials are stepped over, so a page may take several looks.
        std::string last{after};
        while (true) {
            const auto ids = repository_.officials(tx, last, limit);
            for (const std::string& id : ids) {
                if (auto one = managed(context, tx, *tree, id)) page.items.push_back(std::move(*one));
                last = id;
                if (page.items.size() == static_cast<std::size_t>(limit)) {
                    if (!repository_.officials(tx, last, 1).empty()) page.next = last;
                    return page;
                }
            }
            if (ids.size() < static_cast<std::size_t>(limit)) return page;
        }
    });
}

Result<ManagedAccount> AccountsDesk::find(const Context& context, std::string_view id) {
    MOTCUA_TRY(tree, admitted(context));
    return database_.read(context, [&](db::Reader& tx) -> Result<ManagedAccount> {
        auto found = managed(context, tx, *tree, id);
        if (!found) return notFound("account.none");
        return std::move(*found);
    });
}

Result<void> AccountsDesk::checkRole(const Context& context, const agency::Tree& tree,
                                     const Role& role) const {
    std::vector<FieldError> wrong;
    const auto& known = grantableRoles();
    if (std::find(known.begin(), known.end(), role.role) == known.end())
        wrong.push_back({"role", "account.unknown_role"});
    const agency::Agency* agency = tree.find(role.agencyId);
    if (!agency || !agency->validOn(today()) || !mayManage(context.actor, {role}, tree, today()))
        wrong.push_back({"agency", "account.outside_region"});
    if (!wrong.empty()) return invalid("form.invalid", std::move(wrong));
    return {};
}

Result<std::string> AccountsDesk::create(const Context& context, const NewOfficial& fresh) {
    MOTCUA_TRY(tree, admitted(context));
    std::vector<FieldError> wrong;
    if (const auto role = checkRole(context, *tree, fresh.role); !role) wrong = role.error().fields;
    const auto name = text::clean(fresh.fullName);
    if (!name || text::words(text::fold(*name)).empty()) wrong.push_back({"full_name", "field.required"});
    if (!isEmail(fresh.email)) wrong.push_back({"email", "email.malformed"});
    if (!fresh.phone.empty() && !normalPhone(fresh.phone)) wrong.push_back({"phone", "phone.malformed"});
    const bool taken = wrong.empty() && database_.read(context, [&](db::Reader& tx) {
        return repository_.idByEmail(tx, fresh.email).has_value();
    });
    if (taken) wrong.push_back({"email", "account.email_taken"});
    if (!wrong.empty()) return invalid("form.invalid", std::move(wrong));
    NewAccount account;
    account.email = fresh.email;
    account.fullName = fresh.fullName;
    account.phone = fresh.phone;
    account.password = randomToken(); // nobody knows it: the owner sets one by the link
    account.roles = {fresh.role};
    MOTCUA_TRY(id, identity_.create(context, account));
    MOTCUA_CHECK(identity_.invite(context, id));
    return id;
}

Result<void> AccountsDesk::grant(const Context& context, std::string_view id, const Role& role) {
    MOTCUA_TRY(tree, admitted(context));
    MOTCUA_TRY(found, find(context, id));
    if (found.account.kind != AccountKind::Official) return rejected("account.no_official");
    MOTCUA_CHECK(checkRole(context, *tree, role));
    return identity_.grant(context, id, role);
}

Result<void> AccountsDesk::revoke(const Context& context, std::string_view id, const Role& role) {
    MOTCUA_CHECK(find(context, id));
    if (id == context.actor.id && role.role == "admin") return rejected("account.yourself");
    return identity_.revoke(context, id, role);
}

Result<void> AccountsDesk::block(const Context& context, std::string_view id) {
    MOTCUA_CHECK(find(context, id));
    if (id == context.actor.id) return rejected("account.yourself");
    return identity_.disable(context, id);
}

Result<void> AccountsDesk::unblock(const Context& context, std::string_view id) {
    MOTCUA_CHECK(find(context, id));
    return identity_.enable(context, id);
}

Result<void> AccountsDesk::reset(const Context& context, std::string_view id) {
    MOTCUA_CHECK(find(context, id));
    return identity_.invite(context, id);
}

} // namespace motcua::identity
