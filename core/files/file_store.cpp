#include "files/file_store.h"

#include "base/bytes.h"
#include "base/id.h"
#include "base/log.h"
#include "base/text.h"
#include "files/media_type.h"

#include <openssl/evp.h>

#include <algorithm>
#include <stdexcept>

namespace motcua::files {

namespace {

constexpr db::Query kInsert{
    "file.insert",
    "INSERT INTO file (id, owner, name, media_type, size, address, file_key, digest, made_ms, object) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (owner, address) DO NOTHING"};
constexpr db::Query kFind{"file.find",
                          "SELECT id, owner, name, media_type, size, address, file_key, digest, made_ms "
                          "FROM file WHERE id = ?"};
constexpr db::Query kFindAddress{
    "file.find_address", "SELECT id, owner, name, media_type, size, address, file_key, digest, made_ms "
                         "FROM file WHERE owner = ? AND address = ?"};
constexpr db::Query kOfOwner{"file.of_owner",
                             "SELECT id, owner, name, media_type, size, address, file_key, digest, made_ms "
                             "FROM file WHERE owner = ? ORDER BY id"};
constexpr db::Query kAfter{"file.after",
                           "SELECT id, owner, name, media_type, size, address, file_key, digest, made_ms "
                           "FROM file WHERE id > ? ORDER BY id LIMIT ?"};
constexpr db::Query kWithoutObject{
    "file.without_object", "SELECT id, owner, name, media_type, size, address, file_key, digest, made_ms "
                           "FROM file WHERE object IS NULL ORDER BY id LIMIT ?"};
constexpr db::Query kNameObject{"file.name_object", "UPDATE file SET object = ? WHERE id = ?"};
constexpr db::Query kUsed{"file.used", "SELECT 1 FROM file WHERE object = ?"};
constexpr db::Query kDelete{"file.delete", "DELETE FROM file WHERE id = ?"};

using vault::FrameCipher;

constexpr Millis kLeftoverAge = std::chrono::hours{24};
constexpr Millis kSweepEvery = std::chrono::minutes{10};
constexpr int kNamedAtOnce = 500;

std::uint64_t framesOf(std::uint64_t size) {
    return size == 0 ? 1 : (size + FrameCipher::plainFrame - 1) / FrameCipher::plainFrame;
}

// The last part of whatever path a browser sent, in NFC, without control characters and of a bearable length.
std::string plainName(std::string_view sent) {
    if (const std::size_t slash = sent.find_last_of("/\\"); slash != std::string_view::npos)
        sent.remove_prefix(slash + 1);
    std::string name = text::clean(sent).value_or("");
    std::erase(name, '\n');
    std::erase(name, '\t');
    return name.empty() ? "tep-dinh-kem" : text::shorten(name, 120);
}

} // namespace

Source Source::of(std::string bytes) {
    const std::uint64_t size = bytes.size();
    return {size, [held = std::make_shared<const std::string>(std::move(bytes))](std::uint64_t offset,
                                                                                 std::size_t count) {
                return offset >= held->size() ? std::string{} : held->substr(offset, count);
            }};
}

FileStore::FileStore(db::Database& database, vault::Vault& vault, ObjectStore& objects, const Clock& clock)
    : database_(database), vault_(vault), objects_(objects), clock_(clock) {}

Result<std::string> FileStore::checkedType(const Upload& upload) const {
    if (upload.source.size == 0) return invalid("file.empty");
    if (upload.source.size > upload.mostBytes) {
        Error error{ErrorKind::TooLarge, "file.too_large"};
        error.params["most_mb"] = std::to_string(upload.mostBytes >> 20);
        return error;
    }
    const std::string type = mediaTypeOf(upload.source.read(0, 64 * 1024));
    const auto& allowed = upload.allowedTypes;
    const bool fits = !type.empty() &&
                      (allowed.empty() || std::find(allowed.begin(), allowed.end(), type) != allowed.end());
    if (fits) return type;
    Error error{ErrorKind::Invalid, "file.kind_not_allowed"};
    error.params["name"] = plainName(upload.name);
    return error;
}

std::string FileStore::digestOf(const Source& source) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(), &EVP_MD_CTX_free};
    std::string digest(32, '\0');
    bool done = context && EVP_DigestInit_ex2(context.get(), EVP_sha256(), nullptr) == 1;
    for (std::uint64_t at = 0; done && at < source.size; at += FrameCipher::plainFrame) {
        const std::string piece = source.read(at, FrameCipher::plainFrame);
        done = EVP_DigestUpdate(context.get(), piece.data(), piece.size()) == 1;
    }
    unsigned int size = 0;
    if (!done ||
        EVP_DigestFinal_ex(context.get(), reinterpret_cast<unsigned char*>(digest.data()), &size) != 1)
        throw std::runtime_error("OpenSSL could not make a digest");
    return digest;
}

void FileStore::store(const std::string& address, const std::string& key, const Source& source) const {
    const FrameCipher cipher{key};
    const std::uint64_t frames = framesOf(source.size);
    std::uint64_t number = 0;
    objects_.put(address, [&]() -> std::string {
        if (number == frames) return {};
        const std::string plain = source.read(number * FrameCipher::plainFrame, FrameCipher::plainFrame);
        const bool last = number + 1 == frames;
        return cipher.seal(number++, last, plain);
    });
}

Result<File> FileStore::put(const Context& context, const Upload& upload, const Alongside& alongside) {
    MOTCUA_TRY(mediaType, checkedType(upload));
    const std::string digest = digestOf(upload.source);
    // Keyed by owner: two people who hold the same paper cannot be joined by its address.
    const std::string address = toHex(vault_.blindToken("file.address", upload.owner + "/" + digest));
    const auto present = database_.read(context, [&](db::Reader& tx) -> Result<File> {
        auto found = tx.one(
            kFindAddress, [&](const db::Row& row) { return toFile(tx, row); }, upload.owner, address);
        return found ? std::move(*found) : Result<File>{notFound("file.none")};
    });
    if (present && !alongside) return *present;
    if (present)
        return database_.write(context, [&](db::Writer& tx) -> Result<File> {
            MOTCUA_CHECK(alongside(tx, *present));
            return *present;
        });

    const std::string key = vault::Vault::newFileKey();
    // The object has a name of its own for each try: a second upload of the same bytes under way cannot mix
    // keys.
    const std::string object = toHex(randomBytes(20));
    store(object, key, upload.source);
    const std::string id = newId(clock_);
    auto kept = database_.write(context, [&](db::Writer& tx) -> Result<File> {
        const auto seal = [&](std::string_view column, std::string_view plain) {
            return vault_.seal(tx, upload.owner, {"file", column, id}, plain);
        };
        const std::string name = seal("name", plainName(upload.name));
        const std::string sealedKey = seal("file_key", object + key);
        const std::string sealedDigest = seal("digest", digest);
        tx.run(kInsert, id, upload.owner, db::Blob{name}, mediaType,
               static_cast<std::int64_t>(upload.source.size), address, db::Blob{sealedKey},
               db::Blob{sealedDigest}, clock_.now(), object);
        auto found = tx.one(
            kFindAddress, [&](const db::Row& row) { return toFile(tx, row); }, upload.owner, address);
        if (*found && alongside) MOTCUA_CHECK(alongside(tx, **found));
        return std::move(*found);
    });
    // The same bytes came twice at once, or nothing was recorded: this copy belongs to nobody.
    if (!kept || kept->address != object) objects_.remove(object);
    return kept;
}

Result<File> FileStore::toFile(db::Reader& tx, const db::Row& row) const {
    File file{row.string(0), row.string(1), {}, row.string(3), row.integer(4), row.instant(8), {}, {}, {}};
    const std::string sealedName{row.blob(2)};
    const std::string sealedKey{row.blob(6)};
    const std::string sealedDigest{row.blob(7)};
    MOTCUA_TRY(name, vault_.open(tx, {"file", "name", file.id}, sealedName));
    MOTCUA_TRY(key, vault_.open(tx, {"file", "file_key", file.id}, sealedKey));
    MOTCUA_TRY(digest, vault_.open(tx, {"file", "digest", file.id}, sealedDigest));
    file.name = std::move(name);
    file.address = key.substr(0, key.size() - 32);
    file.key = key.substr(key.size() - 32);
    file.digest = std::move(digest);
    return file;
}

Result<File> FileStore::find(db::Reader& tx, std::string_view id) const {
    auto found = tx.one(
        kFind, [&](const db::Row& row) { return toFile(tx, row); }, id);
    return found ? std::move(*found) : Result<File>{notFound("file.none")};
}

std::vector<File> FileStore::ofOwner(db::Reader& tx, std::string_view owner) const {
    std::vector<File> files;
    for (auto& file : tx.all(
             kOfOwner, [&](const db::Row& row) { return toFile(tx, row); }, owner))
        if (file) files.push_back(std::move(*file));
    return files;
}

Result<std::string> FileStore::read(const File& file, std::uint64_t offset, std::size_t count) const {
    const auto size = static_cast<std::uint64_t>(file.size);
    if (offset >= size || count == 0) return std::string{};
    count = static_cast<std::size_t>(std::min<std::uint64_t>(count, size - offset));
    const FrameCipher cipher{file.key};
    const std::uint64_t last = framesOf(size) - 1;
    std::string bytes;
    bytes.reserve(count);
    for (std::uint64_t number = offset / FrameCipher::plainFrame; bytes.size() < count; ++number) {
        const auto sealed =
            objects_.get(file.address, number * FrameCipher::sealedFrame, FrameCipher::sealedFrame);
        const auto plain = cipher.open(number, number == last, sealed);
        if (!plain) return internal("file.damaged", "file " + file.id + ", frame " + std::to_string(number));
        const std::size_t from =
            bytes.empty() ? static_cast<std::size_t>(offset % FrameCipher::plainFrame) : 0;
        bytes.append(*plain, from, count - bytes.size());
    }
    return bytes;
}

// Fills in the objects of records of before; true where every record names its own.
bool FileStore::namesObjects(const Context& context) const {
    struct Row {
        std::string id;
        Result<File> file;
    };
    const auto rows = database_.read(context, [&](db::Reader& tx) {
        return tx.all(
            kWithoutObject,
            [&](const db::Row& row) {
                return Row{row.string(0), toFile(tx, row)};
            },
            kNamedAtOnce);
    });
    bool all = rows.size() < static_cast<std::size_t>(kNamedAtOnce);
    const auto named = database_.write(context, [&](db::Writer& tx) -> Result<void> {
        for (const Row& row : rows) {
            const bool destroyed = !row.file && row.file.error().code == "vault.destroyed";
            // What cannot be opened now may be opened tomorrow.
            if (!row.file && !destroyed) all = false;
            if (row.file || destroyed) tx.run(kNameObject, row.file ? row.file->address : "", row.id);
        }
        return {};
    });
    return named && all;
}

int FileStore::sweep(const Context& context) const {
    if (!namesObjects(context)) return 0;
    const Instant now = clock_.now();
    const std::string part(1, static_cast<char>(now.ms / kSweepEvery.count() % 256));
    int removed = 0;
    for (const std::string& object : objects_.putBefore(toHex(part), now - kLeftoverAge)) {
        const bool used = database_.read(context, [&](db::Reader& tx) {
            return tx
                .one(
                    kUsed, [](const db::Row&) { return true; }, object)
                .has_value();
        });
        if (used) continue;
        objects_.remove(object);
        ++removed;
    }
    if (removed > 0) log::info("file.leftovers_removed", {{"count", removed}});
    return removed;
}

FileStore::Presence FileStore::presence(db::Reader& tx, std::string_view afterId, int limit) const {
    struct Looked {
        std::string id;
        Result<File> file;
    };
    Presence found;
    for (const Looked& one : tx.all(
             kAfter,
             [&](const db::Row& row) {
                 return Looked{row.string(0), toFile(tx, row)};
             },
             afterId, limit)) {
        found.last = one.id;
        ++found.records;
        // What was destroyed with its subject's key may be gone; what cannot be opened otherwise is as good
        // as gone.
        const bool there =
            one.file ? objects_.has(one.file->address) : one.file.error().code == "vault.destroyed";
        if (!there) found.missing.push_back(one.id);
    }
    return found;
}

void FileStore::forget(db::Writer& tx, const File& file) const {
    tx.run(kDelete, file.id);
}

} // namespace motcua::files
