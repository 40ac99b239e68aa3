#include "messaging/messaging_repository.h"

namespace motcua::messaging {

namespace {

constexpr db::Query kPut{"messaging.put_language",
                         "INSERT INTO messaging_language (account, locale) VALUES (?, ?) "
                         "ON CONFLICT (account) DO UPDATE SET locale = excluded.locale"};
constexpr db::Query kFind{"messaging.language", "SELECT locale FROM messaging_language WHERE account = ?"};

} // namespace

void putLanguage(db::Writer& tx, std::string_view account, std::string_view locale) {
    const auto held = tx.one(
        kFind, [](const db::Row& row) { return row.string(0); }, account);
    // Nothing is written where nothing changes: two dossiers of one person need not wait for each other.
    if (!held || *held != locale) tx.later(kPut, account, locale);
}

std::string languageOf(db::Reader& tx, std::string_view account) {
    return tx
        .one(
            kFind, [](const db::Row& row) { return row.string(0); }, account)
        .value_or("vi");
}

} // namespace motcua::messaging
