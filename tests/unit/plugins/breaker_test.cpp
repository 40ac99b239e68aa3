// When the circuit breaker opens, half-opens and closes.
#include "plugins/breaker.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

using namespace motcua;
using namespace motcua::plugins;

class BreakerTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(BreakerTest);
    CPPUNIT_TEST(opensAtHalfOfTenAndNotBefore);
    CPPUNIT_TEST(oldCallsDoNotCount);
    CPPUNIT_TEST(oneProbeDecides);
    CPPUNIT_TEST(aProbeThatDidNotGoOutMayBeTriedAgain);
    CPPUNIT_TEST_SUITE_END();

    static constexpr Instant start{1'000'000};

    static Breaker opened() {
        Breaker breaker{BreakerPolicy{}};
        for (int i = 0; i < 10; ++i)
            breaker.record(true, start);
        return breaker;
    }

    void opensAtHalfOfTenAndNotBefore() {
        Breaker few{BreakerPolicy{}};
        for (int i = 0; i < 9; ++i)
            few.record(true, start);
        CPPUNIT_ASSERT(few.allow(start)); // too few to judge by
        Breaker half{BreakerPolicy{}};
        for (int i = 0; i < 10; ++i)
            half.record(i % 2 == 0, start);
        CPPUNIT_ASSERT(half.isOpen() && !half.allow(start));
        Breaker less{BreakerPolicy{}};
        for (int i = 0; i < 20; ++i)
            less.record(i % 5 > 2, start);
        CPPUNIT_ASSERT(!less.isOpen());
    }

    void oldCallsDoNotCount() {
        Breaker breaker{BreakerPolicy{}};
        for (int i = 0; i < 9; ++i)
            breaker.record(true, start);
        breaker.record(true, start + Millis{30'001});
        CPPUNIT_ASSERT(!breaker.isOpen());
    }

    void oneProbeDecides() {
        Breaker breaker = opened();
        CPPUNIT_ASSERT(!breaker.allow(start + Millis{14'999}));
        const Instant later = start + Millis{15'000};
        CPPUNIT_ASSERT(breaker.allow(later));
        CPPUNIT_ASSERT(!breaker.allow(later)); // one at a time
        breaker.record(true, later);
        CPPUNIT_ASSERT(!breaker.allow(later + Millis{14'999}));
        CPPUNIT_ASSERT(breaker.allow(later + Millis{15'000}));
        breaker.record(false, later + Millis{15'000});
        CPPUNIT_ASSERT(!breaker.isOpen() && breaker.allow(later + Millis{15'000}));
    }

    void aProbeThatDidNotGoOutMayBeTriedAgain() {
        Breaker breaker = opened();
        const Instant later = start + Millis{15'000};
        CPPUNIT_ASSERT(breaker.allow(later));
        breaker.withdraw();
        CPPUNIT_ASSERT(breaker.allow(later));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(BreakerTest);
