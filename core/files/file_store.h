// Attachments: sealed before they touch the disk, kept once for each owner, never trusted in name or kind.
#pragma once

#include "base/clock.h"
#include "base/context.h"
#include "base/result.h"
#include "db/database.h"
#include "vault/vault.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::files {

const db::Schema& schema();

// What a file is; the bytes are read by FileStore::read.
struct File {
    std::string id;
    std::string owner;     // the vault's subject: a dossier, a person
    std::string name;      // as the citizen called it, without folders
    std::string mediaType; // by its content, not by its name
    std::int64_t size = 0;
    Instant madeAt;
    std::string address; // where the sealed bytes lie
    std::string key;     // opened file key
    std::string digest;  // SHA-256 of the plain bytes
};

// Where sealed bytes lie. Put is durable when it returns; the same address always holds the same bytes.
class ObjectStore {
public:
    virtual ~ObjectStore() = default;
    // Calls `next` for piece after piece until it answers an empty one.
    virtual void put(const std::string& address, const std::function<std::string()>& next) = 0;
    // Bytes [offset, offset + count); throws std::runtime_error where the object is gone.
    virtual std::string get(const std::string& address, std::uint64_t offset, std::size_t count) = 0;
    virtual bool has(const std::string& address) = 0;
    virtual void remove(const std::string& address) = 0;
    // Addresses that begin with `start`, two letters, and were put before; drafts of a put that never ended
    // are removed on the way.
    virtual std::vector<std::string> putBefore(const std::string& start, Instant before) = 0;
};

// Objects as files in a folder, two levels of folders deep.
std::unique_ptr<ObjectStore> folderStore(const std::string& folder);

// What comes in: how long it is, and its bytes from an offset.
struct Source {
    std::uint64_t size = 0;
    std::function<std::string(std::uint64_t offset, std::size_t count)> read;

    static Source of(std::string bytes);
};

struct Upload {
    std::string owner;
    std::string name;
    Source source;
    std::vector<std::string> allowedTypes{}; // media types by content; empty: all that the store knows
    std::uint64_t mostBytes = 50ull << 20;
};

class FileStore {
public:
    FileStore(db::Database& database, vault::Vault& vault, ObjectStore& objects, const Clock& clock);

    // Seals and keeps the bytes, then records them. The same bytes of the same owner are kept once and answer
    // the file that is there. Errors: Invalid file.empty, file.kind_not_allowed; TooLarge file.too_large.
    // `alongside` runs in the transaction that records the file: what refers to it, is there with it or not
    // at all.
    using Alongside = std::function<Result<void>(db::Writer&, const File&)>;
    Result<File> put(const Context& context, const Upload& upload, const Alongside& alongside = {});

    // Errors: NotFound file.none; vault.destroyed.
    Result<File> find(db::Reader& tx, std::string_view id) const;
    std::vector<File> ofOwner(db::Reader& tx, std::string_view owner) const;

    // Plain bytes [offset, offset + count). Errors: Internal file.damaged where the sealed bytes do not open.
    Result<std::string> read(const File& file, std::uint64_t offset, std::size_t count) const;
    Result<std::string> readAll(const File& file) const {
        return read(file, 0, static_cast<std::size_t>(file.size));
    }

    // Forgets the record in the caller's transaction; after it has committed, removeBytes() clears the disk.
    void forget(db::Writer& tx, const File& file) const;
    void removeBytes(const File& file) const { objects_.remove(file.address); }

    // A scheduled job: removes objects that no record names, as a crash between the two leaves them, a day
    // after they were put; one of 256 parts of the store a call, the next one ten minutes later. How many.
    int sweep(const Context& context) const;

    // For the doctor: of at most `limit` records after `afterId` in the order of ids, those whose sealed
    // bytes are gone. `last` is empty where there was none left.
    struct Presence {
        std::string last{};
        std::int64_t records = 0;
        std::vector<std::string> missing{};
    };
    Presence presence(db::Reader& tx, std::string_view afterId, int limit = 500) const;

private:
    bool namesObjects(const Context& context) const;
    Result<std::string> checkedType(const Upload& upload) const;
    std::string digestOf(const Source& source) const;
    void store(const std::string& address, const std::string& key, const Source& source) const;
    Result<File> toFile(db::Reader& tx, const db::Row& row) const;

    db::Database& database_;
    vault::Vault& vault_;
    ObjectStore& objects_;
    const Clock& clock_;
};

} // namespace motcua::files
