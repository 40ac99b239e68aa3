// What the cache of anonymous pages holds, and how much of it. // N8
#include "http/page_cache.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

using namespace motcua;
using namespace motcua::http;

class PageCacheTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PageCacheTest);
    CPPUNIT_TEST(aPageIsMadeOnceWhileItIsYoung);
    CPPUNIT_TEST(pagesAndBytesAreBounded);
    CPPUNIT_TEST(whatIsLargerThanTheCacheIsGivenButNotKept);
    CPPUNIT_TEST_SUITE_END();

    ManualClock clock_{{1'700'000'000'000}};
    int made_ = 0;

    // The size of the page under `key`, made where the cache does not have it.
    std::size_t get(PageCache& cache, const std::string& key, std::size_t size) {
        const auto page = cache.get(key, Millis{5000}, Until::never(), [&]() -> PageCache::Page {
            ++made_;
            auto made = std::make_shared<CachedPage>();
            made->plain = std::make_shared<const std::string>(size, 'x');
            return made;
        });
        return page ? page->plain->size() : 0;
    }

    void aPageIsMadeOnceWhileItIsYoung() {
        PageCache cache{clock_};
        for (int i = 0; i < 3; ++i)
            CPPUNIT_ASSERT_EQUAL(std::size_t{10}, get(cache, "a", 10));
        CPPUNIT_ASSERT_EQUAL(1, made_);
        clock_.advance(Millis{5000});
        CPPUNIT_ASSERT_EQUAL(std::size_t{20}, get(cache, "a", 20));
        cache.clear();
        CPPUNIT_ASSERT_EQUAL(std::size_t{30}, get(cache, "a", 30));
        CPPUNIT_ASSERT_EQUAL(3, made_);
    }

    void pagesAndBytesAreBounded() {
        PageCache cache{clock_, 100, 1000};
        for (int i = 0; i < 50; ++i)
            CPPUNIT_ASSERT_EQUAL(std::size_t{100}, get(cache, std::to_string(i), 100));
        made_ = 0;
        for (int i = 0; i < 50; ++i)
            get(cache, std::to_string(i), 100);
        CPPUNIT_ASSERT_MESSAGE(std::to_string(made_), made_ >= 40); // ten of fifty fit
        PageCache few{clock_, 10, 1'000'000};
        for (int i = 0; i < 50; ++i)
            get(few, std::to_string(i), 1);
        made_ = 0;
        for (int i = 0; i < 50; ++i)
            get(few, std::to_string(i), 1);
        CPPUNIT_ASSERT_MESSAGE(std::to_string(made_), made_ >= 40);
    }

    void whatIsLargerThanTheCacheIsGivenButNotKept() {
        PageCache cache{clock_, 10, 1000};
        CPPUNIT_ASSERT_EQUAL(std::size_t{2000}, get(cache, "large", 2000));
        CPPUNIT_ASSERT_EQUAL(std::size_t{2000}, get(cache, "large", 2000));
        CPPUNIT_ASSERT_EQUAL(2, made_);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PageCacheTest);
