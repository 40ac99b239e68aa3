#include "identity/accounts_desk.h"

#include "base/bytes.h"
#include "base/text.h"
#include "identity/identity_policy.h"

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

Result<std::string> AccountsDesk::create(const Context& context, const NewOfficial& fresh) {
    MOTCUA_TRY(tree, admitted(context));
    std::vector<FieldError> wrong = roleFaults(context.actor, fresh.role, *tree, today());
    const auto name = text::clean(fresh.fullName);
    if (!name || text::words(text::fold(*name)).empty()) wrong.push_back({"full_name", "field.required"});
    if (!isEmail(fresh.email)) wrong.push_back({"email", "email.malformed"});
    if (!fresh.phone.empty() && !normalPhone(fresh.phone)) wrong.push_back({"phone", "phone.malformed"});
    if (!wrong.empty()) return invalid("form.invalid", std::move(wrong));
    NewAccount account;
    account.email = fresh.email;
    account.fullName = fresh.fullName;
    account.phone = fresh.phone;
    account.password = randomToken(); // nobody knows it: the owner sets one by the link
    account.roles = {fresh.role};
    auto made = identity_.create(context, account);
    if (!made && made.error().code == "account.email_taken") return invalidField("email", made.error().code);
    if (made) MOTCUA_CHECK(identity_.invite(context, *made));
    return made;
}

} // namespace motcua::identity
