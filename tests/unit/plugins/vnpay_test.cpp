// VNPay's hashes by vectors that were computed elsewhere (node:crypto), its times and its encodings. // O2
#include "payment-vnpay/protocol.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

class VnpayTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(VnpayTest);
    CPPUNIT_TEST(queryAndRefundHashAsTheVectorsSay);
    CPPUNIT_TEST(timesAreThoseOfVietnam);
    CPPUNIT_TEST(formEncodingIsTheProviders);
    CPPUNIT_TEST(brokenQueriesAreNoFields);
    CPPUNIT_TEST(onlyTheRightHashIsRight);
    CPPUNIT_TEST_SUITE_END();

    void queryAndRefundHashAsTheVectorsSay() {
        const vnpay::Fields query{{"vnp_RequestId", "r1"},
                                  {"vnp_Version", "2.1.0"},
                                  {"vnp_Command", "querydr"},
                                  {"vnp_TmnCode", "TESTTMN1"},
                                  {"vnp_TxnRef", "H29.01-200713-0001"},
                                  {"vnp_TransactionDate", "20200713101010"},
                                  {"vnp_CreateDate", "20200713102010"},
                                  {"vnp_IpAddr", "127.0.0.1"},
                                  {"vnp_OrderInfo", "Tra cuu"}};
        CPPUNIT_ASSERT_EQUAL(std::string{"r1|2.1.0|querydr|TESTTMN1|H29.01-200713-0001|20200713101010|"
                                         "20200713102010|127.0.0.1|Tra cuu"},
                             vnpay::joined(query, vnpay::queryRequest));
        CPPUNIT_ASSERT_EQUAL(std::string{"97263084e32a8fa769901b52a3ff1820927927d77e39386b0cd2f30c770649b66e1"
                                         "31eb75a6bef8882e0457543d3041"
                                         "81425054fef7f1c88b21323a9f893bbf9"},
                             vnpay::sign("S3CRET", vnpay::joined(query, vnpay::queryRequest)));
        const vnpay::Fields refund{{"vnp_RequestId", "r2"},
                                   {"vnp_Version", "2.1.0"},
                                   {"vnp_Command", "refund"},
                                   {"vnp_TmnCode", "TESTTMN1"},
                                   {"vnp_TransactionType", "02"},
                                   {"vnp_TxnRef", "H29.01-200713-0001"},
                                   {"vnp_Amount", "15000000"},
                                   {"vnp_TransactionNo", "0"},
                                   {"vnp_TransactionDate", "20200713101010"},
                                   {"vnp_CreateBy", "canbo1"},
                                   {"vnp_CreateDate", "20200713103010"},
                                   {"vnp_IpAddr", "127.0.0.1"},
                                   {"vnp_OrderInfo", "Hoan phi"}};
        CPPUNIT_ASSERT_EQUAL(std::string{"7c1381f619c0ab75f1b2dea6030815d46a57aea3e0d639ea867bd6d3f5ca2b4e7ea"
                                         "4e4e399c6ecc6efa86a04eca21ae1"
                                         "61869a17d920a4667a083a737c050ec7"},
                             vnpay::sign("S3CRET", vnpay::joined(refund, vnpay::refundRequest)));
    }

    void timesAreThoseOfVietnam() {
        CPPUNIT_ASSERT_EQUAL(std::string{"20200713000000"},
                             vnpay::moment(1594573200000)); // 17:00 UTC of the 12th
        CPPUNIT_ASSERT_EQUAL(std::int64_t{1594573200000}, vnpay::parseMoment("20200713000000").value());
        for (const char* none :
             {"", "2020071300000", "20200230000000", "20200713240000", "2020071300000x", "20200713 00000"})
            CPPUNIT_ASSERT_MESSAGE(none, !vnpay::parseMoment(none));
    }

    void formEncodingIsTheProviders() {
        CPPUNIT_ASSERT_EQUAL(std::string{"a+b%2Bc%3A%2F%3F%3D%26-_.*%7E%21%27%28%29%C4%91"},
                             vnpay::formEncode("a b+c:/?=&-_.*~!'()đ"));
        const vnpay::Fields fields{{"b", "2"}, {"a", "1 &"}, {"c", ""}};
        CPPUNIT_ASSERT_EQUAL(std::string{"a=1+%26&b=2"}, vnpay::queryOf(fields));
        CPPUNIT_ASSERT_EQUAL(std::string{"1 &"}, vnpay::parseQuery("b=2&a=1+%26")->at("a"));
    }

    void brokenQueriesAreNoFields() {
        for (const char* query : {"a=%", "a=%1", "a=%zz", "a=1&a=2", "a=1&%61=2"})
            CPPUNIT_ASSERT_MESSAGE(query, !vnpay::parseQuery(query));
        CPPUNIT_ASSERT(vnpay::parseQuery("")->empty());
        CPPUNIT_ASSERT_EQUAL(std::string{}, vnpay::parseQuery("a&&b=")->at("a"));
    }

    void onlyTheRightHashIsRight() {
        const std::string hash = vnpay::sign("k", "text");
        CPPUNIT_ASSERT(vnpay::isSignedBy("k", "text", hash));
        for (const std::string& other : {std::string{}, hash.substr(1), hash + "0",
                                         std::string(hash.size(), '0'), vnpay::sign("l", "text")})
            CPPUNIT_ASSERT(!vnpay::isSignedBy("k", "text", other));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(VnpayTest);
