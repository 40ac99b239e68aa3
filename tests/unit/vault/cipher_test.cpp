#include "base/bytes.h"
#include "vault/cipher.h"
#include "vault/master_key.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <set>

using namespace motcua;
using namespace motcua::vault;

class CipherTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(CipherTest);
    CPPUNIT_TEST(sealedValuesOpenAtTheirPlaceOnly);
    CPPUNIT_TEST(anyChangedByteIsSeen);
    CPPUNIT_TEST(equalValuesNeverLookAlike);
    CPPUNIT_TEST(framesCannotBeCutSwappedOrRepeated);
    CPPUNIT_TEST(aKeyFileIsMadeOnceAndKeptPrivate);
    CPPUNIT_TEST(aKeyFileThatOthersMayReadIsRefused);
    CPPUNIT_TEST(derivedKeysDifferByPurpose);
    CPPUNIT_TEST_SUITE_END();

    void sealedValuesOpenAtTheirPlaceOnly() {
        const Cipher cipher{randomBytes(32)};
        for (const std::string& plain : {std::string{}, std::string{"Nguyễn Văn An"}, randomBytes(100'000)}) {
            const std::string sealed = cipher.seal("person|name|1", plain);
            CPPUNIT_ASSERT(cipher.open("person|name|1", sealed) == plain);
            CPPUNIT_ASSERT(!cipher.open("person|name|2", sealed));
            CPPUNIT_ASSERT(!Cipher{randomBytes(32)}.open("person|name|1", sealed));
        }
    }

    void anyChangedByteIsSeen() {
        const Cipher cipher{randomBytes(32)};
        const std::string sealed = cipher.seal("p", "079085000123");
        for (std::size_t i = 0; i < sealed.size(); ++i) {
            std::string changed = sealed;
            changed[i] = static_cast<char>(changed[i] ^ 1);
            CPPUNIT_ASSERT(!cipher.open("p", changed));
            CPPUNIT_ASSERT(!cipher.open("p", sealed.substr(0, i)));
        }
    }

    void equalValuesNeverLookAlike() {
        const Cipher cipher{randomBytes(32)};
        std::set<std::string> seen;
        for (int i = 0; i < 100; ++i)
            CPPUNIT_ASSERT(seen.insert(cipher.seal("p", "An")).second);
    }

    void framesCannotBeCutSwappedOrRepeated() {
        const FrameCipher cipher{randomBytes(32)};
        const std::string first = cipher.seal(0, false, std::string(FrameCipher::plainFrame, 'a'));
        const std::string second = cipher.seal(1, true, "end");
        CPPUNIT_ASSERT_EQUAL(FrameCipher::sealedFrame, first.size());
        CPPUNIT_ASSERT(cipher.open(1, true, second) == "end");
        CPPUNIT_ASSERT(!cipher.open(0, true, first)); // cut off behind the first
        CPPUNIT_ASSERT(!cipher.open(0, false, second));
        CPPUNIT_ASSERT(!cipher.open(1, false, first));
        CPPUNIT_ASSERT_THROW(cipher.seal(0, true, std::string(FrameCipher::plainFrame + 1, 'a')),
                             std::length_error);
    }

    void aKeyFileIsMadeOnceAndKeptPrivate() {
        const std::string file = "cipher_test.key";
        std::remove(file.c_str());
        CPPUNIT_ASSERT(MasterKey::load(file).error().kind == ErrorKind::NotFound);
        const auto made = MasterKey::loadOrCreate(file);
        const auto again = MasterKey::loadOrCreate(file);
        struct stat status {};
        CPPUNIT_ASSERT(::stat(file.c_str(), &status) == 0);
        std::remove(file.c_str());
        CPPUNIT_ASSERT_EQUAL(0400u, status.st_mode & 0777u);
        CPPUNIT_ASSERT_EQUAL(toHex(made->derive("x")), toHex(again->derive("x")));
    }

    void aKeyFileThatOthersMayReadIsRefused() {
        const std::string file = "cipher_test_open.key";
        std::ofstream{file} << toHex(randomBytes(32));
        ::chmod(file.c_str(), 0444);
        const auto readable = MasterKey::load(file);
        ::chmod(file.c_str(), 0600);
        std::ofstream{file} << "not a key";
        const auto bad = MasterKey::load(file);
        std::remove(file.c_str());
        CPPUNIT_ASSERT_EQUAL(std::string{"vault.readable_key"}, readable.error().code);
        CPPUNIT_ASSERT_EQUAL(std::string{"vault.bad_key"}, bad.error().code);
    }

    void derivedKeysDifferByPurpose() {
        const MasterKey key{std::string(32, '\0')};
        // By `openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt hexkey:00… -kdfopt info:vault/wrap HKDF`
        CPPUNIT_ASSERT_EQUAL(std::string{"2f35564d782b72c040277e520a0deb914be179d6097284271161c6b977263874"},
                             toHex(key.derive("vault/wrap")));
        CPPUNIT_ASSERT(key.derive("a") != key.derive("b"));
        CPPUNIT_ASSERT(key.derive("a") != MasterKey{std::string(32, '\1')}.derive("a"));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(CipherTest);
