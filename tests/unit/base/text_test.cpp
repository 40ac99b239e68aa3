#include "base/text.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <algorithm>

using namespace motcua;

class TextTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(TextTest);
    CPPUNIT_TEST(foldingDropsMarksAndCapitals);
    CPPUNIT_TEST(decomposedAndComposedInputAreOneText);
    CPPUNIT_TEST(brokenUtf8IsNamedNotRepaired);
    CPPUNIT_TEST(invisibleAndOverridingCharactersAreDropped);
    CPPUNIT_TEST(sortKeysFollowTheDictionary);
    CPPUNIT_TEST(shorteningNeverHalvesACharacter);
    CPPUNIT_TEST_SUITE_END();

    void foldingDropsMarksAndCapitals() {
        CPPUNIT_ASSERT_EQUAL(std::string{"giay phep xay dung"}, text::fold("Giấy phép  Xây dựng"));
        CPPUNIT_ASSERT_EQUAL(std::string{"dang ky ho tich"}, text::fold("ĐĂNG KÝ, (hộ tịch)!"));
        CPPUNIT_ASSERT_EQUAL(std::string{"nguoi uong ruou"}, text::fold("Người uống rượu"));
        CPPUNIT_ASSERT_EQUAL(std::string{}, text::fold("--- …"));
    }

    void decomposedAndComposedInputAreOneText() {
        const std::string decomposed = "Tie\xcc\x82\xcc\x81ng Vie\xcc\xa3\xcc\x82t";
        CPPUNIT_ASSERT_EQUAL(std::string{"Tiếng Việt"}, *text::nfc(decomposed));
        CPPUNIT_ASSERT_EQUAL(text::fold("Tiếng Việt"), text::fold(decomposed));
        CPPUNIT_ASSERT_EQUAL(text::sortKey("Tiếng Việt"), text::sortKey(decomposed));
    }

    void brokenUtf8IsNamedNotRepaired() {
        for (const char* broken : {"\xff", "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80"}) {
            CPPUNIT_ASSERT(!text::isUtf8(broken));
            CPPUNIT_ASSERT(!text::nfc(broken));
            CPPUNIT_ASSERT(!text::clean(broken));
        }
        CPPUNIT_ASSERT(text::isUtf8("Thành phố Hồ Chí Minh"));
    }

    void invisibleAndOverridingCharactersAreDropped() {
        CPPUNIT_ASSERT_EQUAL(std::string{"An Nguyễn"},
                             *text::clean("  An\xe2\x80\xae Ngu\xe2\x80\x8byễn\x01 "));
        CPPUNIT_ASSERT_EQUAL(std::string{"a\nb\tc"}, *text::clean("a\nb\tc"));
    }

    void sortKeysFollowTheDictionary() {
        const std::vector<std::string> ordered{"a",  "an", "án", "ăn",     "ân", "ba", "bà", "bả",
                                               "bã", "bá", "bạ", "bả vai", "da", "đa", "e",  "ê",
                                               "o",  "ô",  "ơ",  "u",      "ư",  "y"};
        for (std::size_t i = 0; i + 1 < ordered.size(); ++i) {
            // "bả vai" has letters that "bả" lacks, so it follows every "ba".
            CPPUNIT_ASSERT_MESSAGE(ordered[i] + " < " + ordered[i + 1],
                                   text::sortKey(ordered[i]) < text::sortKey(ordered[i + 1]));
        }
        CPPUNIT_ASSERT(text::sortKey("an") < text::sortKey("An"));
    }

    void shorteningNeverHalvesACharacter() {
        CPPUNIT_ASSERT_EQUAL(std::string{"Việ"}, text::shorten("Việt", 3));
        CPPUNIT_ASSERT_EQUAL(std::string{"Việt"}, text::shorten("Việt", 9));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(TextTest);
