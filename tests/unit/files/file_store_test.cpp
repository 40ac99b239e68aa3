#include "base/bytes.h"
#include "files/file_store.h"
#include "files/media_type.h"
#include "support/databases.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace motcua;
using namespace motcua::files;

namespace {

std::string pdf(std::size_t size, char fill = 'x') {
    return "%PDF-1.5\n" + std::string(size - 9, fill);
}

std::string contentOf(const std::filesystem::path& file) {
    std::ifstream in{file, std::ios::binary};
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
}

std::vector<std::filesystem::path> objectsIn(const std::string& folder) {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder})
        if (entry.is_regular_file()) found.push_back(entry.path());
    return found;
}

} // namespace

class FileStoreTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(FileStoreTest);
    CPPUNIT_TEST(whatIsKeptIsReadBackAnywhere);
    CPPUNIT_TEST(theDiskShowsNothing);
    CPPUNIT_TEST(oneOwnerKeepsABytesOnce);
    CPPUNIT_TEST(twoOwnersShareNothing);
    CPPUNIT_TEST(kindsAreJudgedByContent);
    CPPUNIT_TEST(namesAreMadeHarmless);
    CPPUNIT_TEST(aDamagedObjectIsNamed);
    CPPUNIT_TEST(sizesAreLimited);
    CPPUNIT_TEST(leftoversOfACrashAreSweptADayLater);
    CPPUNIT_TEST(recordsOfBeforeKeepTheirObjects);
    CPPUNIT_TEST_SUITE_END();

    ManualClock clock_{{1'700'000'000'000}};
    vault::Vault vault_{vault::MasterKey{std::string(32, 'k')}, clock_};

    template <typename Check>
    void onBoth(Check check) {
        for (auto& database : test::databases({&vault::schema(), &schema()})) {
            const test::TemporaryFolder folder;
            const auto objects = folderStore(folder / "files");
            FileStore store{*database, vault_, *objects, clock_};
            check(store, *database, folder / "files");
        }
    }

    // Every part of the store once, as two days of the scheduled job do. How many were removed.
    int sweptAll(FileStore& store) {
        int removed = 0;
        for (int part = 0; part < 256; ++part) {
            removed += store.sweep(Context{});
            clock_.advance(std::chrono::minutes{10});
        }
        return removed;
    }

    void leftoversOfACrashAreSweptADayLater() {
        onBoth([this](FileStore& store, db::Database& database, const std::string& folder) {
            clock_.set(SystemClock{}.now());
            const auto kept = store.put(Context{}, {"d1", "a.pdf", Source::of(pdf(300))});
            // Killed between the object and its record, and in the middle of an object.
            const auto lost = store.put(Context{}, {"d2", "b.pdf", Source::of(pdf(400))});
            CPPUNIT_ASSERT(database
                               .write(Context{},
                                      [&](db::Writer& tx) -> Result<void> {
                                          store.forget(tx, *lost);
                                          return {};
                                      })
                               .ok());
            const auto halfway =
                std::filesystem::path{folder} / kept->address.substr(0, 2) / "ab" / "x.draft";
            std::filesystem::create_directories(halfway.parent_path());
            std::ofstream{halfway} << "half";
            CPPUNIT_ASSERT_EQUAL(0, store.sweep(Context{}));
            CPPUNIT_ASSERT_EQUAL(std::size_t{3}, objectsIn(folder).size());
            clock_.advance(std::chrono::hours{25});
            CPPUNIT_ASSERT_EQUAL(1, sweptAll(store));
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, objectsIn(folder).size());
            CPPUNIT_ASSERT(*store.readAll(*kept) == pdf(300));
            CPPUNIT_ASSERT_EQUAL(0, sweptAll(store));
        });
    }

    void recordsOfBeforeKeepTheirObjects() {
        onBoth([this](FileStore& store, db::Database& database, const std::string& folder) {
            clock_.set(SystemClock{}.now());
            static const db::Query older{"test.older", "UPDATE file SET object = NULL"};
            static const db::Query broken{"test.broken", "UPDATE file SET file_key = ? WHERE id = ?"};
            const auto one = store.put(Context{}, {"d1", "a.pdf", Source::of(pdf(300))});
            const auto two = store.put(Context{}, {"d2", "b.pdf", Source::of(pdf(400))});
            const auto change = [&](const auto& act) {
                CPPUNIT_ASSERT(database
                                   .write(Context{},
                                          [&](db::Writer& tx) -> Result<void> {
                                              act(tx);
                                              return {};
                                          })
                                   .ok());
            };
            change([](db::Writer& tx) { tx.run(older); });
            clock_.advance(std::chrono::hours{25});
            CPPUNIT_ASSERT_EQUAL(0, sweptAll(store));
            CPPUNIT_ASSERT(store.readAll(*one).ok() && store.readAll(*two).ok());
            // Of one that cannot be opened today nobody knows where its bytes lie: nothing is removed.
            change([&](db::Writer& tx) {
                tx.run(older);
                tx.run(broken, db::Blob{std::string{"x"}}, one->id);
                store.forget(tx, *two);
            });
            CPPUNIT_ASSERT_EQUAL(0, sweptAll(store));
            CPPUNIT_ASSERT_EQUAL(std::size_t{2}, objectsIn(folder).size());
        });
    }

    void whatIsKeptIsReadBackAnywhere() {
        onBoth([](FileStore& store, db::Database& database, const std::string&) {
            for (const std::size_t size : {std::size_t{10}, std::size_t{65535}, std::size_t{65536},
                                           std::size_t{65537}, std::size_t{200'000}}) {
                std::string bytes = pdf(size);
                for (std::size_t i = 9; i < size; ++i)
                    bytes[i] = static_cast<char>('a' + i % 23);
                const auto file = store.put(
                    Context{}, {"d" + std::to_string(size), "Giấy chứng sinh.pdf", Source::of(bytes)});
                CPPUNIT_ASSERT(file.ok());
                CPPUNIT_ASSERT_EQUAL(std::string{"application/pdf"}, file->mediaType);
                CPPUNIT_ASSERT_EQUAL(std::string{"Giấy chứng sinh.pdf"}, file->name);
                CPPUNIT_ASSERT(*store.readAll(*file) == bytes);
                CPPUNIT_ASSERT(file->digest == sha256(bytes));
                for (const std::size_t at : {std::size_t{0}, size / 3, size - 1, size, size + 5})
                    CPPUNIT_ASSERT(*store.read(*file, at, 70'000) ==
                                   (at < size ? bytes.substr(at, 70'000) : std::string{}));
                const auto found =
                    database.read(Context{}, [&](db::Reader& tx) { return store.find(tx, file->id); });
                CPPUNIT_ASSERT(*store.readAll(*found) == bytes);
            }
        });
    }

    void theDiskShowsNothing() { // N4
        onBoth([](FileStore& store, db::Database&, const std::string& folder) {
            CPPUNIT_ASSERT(store.put(Context{}, {"d1", "a.pdf", Source::of(pdf(5000, 'Q'))}).ok());
            const auto objects = objectsIn(folder);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, objects.size());
            const std::string bytes = contentOf(objects[0]);
            CPPUNIT_ASSERT(bytes.find("PDF") == std::string::npos && bytes.find("QQQQ") == std::string::npos);
        });
    }

    void oneOwnerKeepsABytesOnce() {
        onBoth([](FileStore& store, db::Database& database, const std::string& folder) {
            const auto first = store.put(Context{}, {"d1", "a.pdf", Source::of(pdf(5000))});
            const auto second = store.put(Context{}, {"d1", "b.pdf", Source::of(pdf(5000))});
            CPPUNIT_ASSERT_EQUAL(first->id, second->id);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, objectsIn(folder).size());
            const auto all =
                database.read(Context{}, [&](db::Reader& tx) { return store.ofOwner(tx, "d1"); });
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, all.size());
        });
    }

    void twoOwnersShareNothing() {
        onBoth([](FileStore& store, db::Database&, const std::string& folder) {
            const auto first = store.put(Context{}, {"d1", "a.pdf", Source::of(pdf(5000))});
            const auto second = store.put(Context{}, {"d2", "a.pdf", Source::of(pdf(5000))});
            CPPUNIT_ASSERT(first->id != second->id && first->key != second->key &&
                           first->address != second->address);
            CPPUNIT_ASSERT_EQUAL(std::size_t{2}, objectsIn(folder).size());
        });
    }

    void kindsAreJudgedByContent() {
        CPPUNIT_ASSERT_EQUAL(std::string{"application/pdf"}, mediaTypeOf(pdf(100)));
        CPPUNIT_ASSERT_EQUAL(
            std::string{"image/png"},
            mediaTypeOf(std::string_view{"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\b\6\0\0\0", 29}));
        for (const std::string& other :
             {std::string{"<html><script>alert(1)</script></html>"}, std::string{"MZ\x90\0\3\0\0\0", 8},
              std::string{"#!/bin/sh\necho"}, std::string{"<svg xmlns='http://www.w3.org/2000/svg'></svg>"}})
            CPPUNIT_ASSERT_EQUAL(std::string{}, mediaTypeOf(other));
        onBoth([](FileStore& store, db::Database&, const std::string&) {
            const auto disguised =
                store.put(Context{}, {"d1", "anh.pdf", Source::of("<html><body>x</body></html>")});
            CPPUNIT_ASSERT_EQUAL(std::string{"file.kind_not_allowed"}, disguised.error().code);
            const auto notWanted =
                store.put(Context{}, {"d1", "a.pdf", Source::of(pdf(100)), {"image/jpeg"}});
            CPPUNIT_ASSERT_EQUAL(std::string{"file.kind_not_allowed"}, notWanted.error().code);
        });
    }

    void namesAreMadeHarmless() {
        onBoth([](FileStore& store, db::Database&, const std::string&) {
            const std::vector<std::pair<std::string, std::string>> cases{
                {"../../etc/passwd", "passwd"}, {"C:\\Users\\An\\Giấy tờ.pdf", "Giấy tờ.pdf"},
                {"a\r\nb.pdf", "ab.pdf"},       {"\xff\xfe", "tep-dinh-kem"},
                {"", "tep-dinh-kem"},
            };
            int number = 0;
            for (const auto& [sent, kept] : cases)
                CPPUNIT_ASSERT_EQUAL(
                    kept,
                    store.put(Context{}, {"d" + std::to_string(++number), sent, Source::of(pdf(100))})->name);
        });
    }

    void aDamagedObjectIsNamed() {
        onBoth([](FileStore& store, db::Database&, const std::string& folder) {
            const auto file = store.put(Context{}, {"d1", "a.pdf", Source::of(pdf(100'000))});
            const auto object = objectsIn(folder)[0];
            std::filesystem::permissions(object, std::filesystem::perms::owner_all);
            std::string bytes = contentOf(object);
            bytes[70'000] = static_cast<char>(bytes[70'000] ^ 1);
            std::ofstream{object, std::ios::binary} << bytes;
            CPPUNIT_ASSERT_EQUAL(std::string{"file.damaged"}, store.readAll(*file).error().code);
            CPPUNIT_ASSERT(store.read(*file, 0, 100).ok());
        });
    }

    void sizesAreLimited() {
        onBoth([](FileStore& store, db::Database&, const std::string&) {
            CPPUNIT_ASSERT_EQUAL(std::string{"file.empty"},
                                 store.put(Context{}, {"d1", "a.pdf", Source::of("")}).error().code);
            const auto large = store.put(Context{}, {"d1", "a.pdf", Source::of(pdf(2000)), {}, 1000});
            CPPUNIT_ASSERT(large.error().kind == ErrorKind::TooLarge);
        });
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(FileStoreTest);
