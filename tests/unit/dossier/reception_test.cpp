// Reception in person: who may file for whom, what of a paper is taken at sight, and who follows it
// afterwards. O1, O7, O23, P12
#include "dossier_house.h"

#include <algorithm>

using namespace motcua;
using namespace motcua::dossier;
using namespace motcua::dossier::test;

namespace {

constexpr const char* ward = "phuong-ben-nghe";

Actor clerk(const std::string& id, const std::string& role = "receiver", const std::string& agency = ward) {
    return {ActorKind::Official, id, id, {role}, {agency}};
}

Applicant hanh() {
    return {"Nguyễn Thị Hồng Hạnh", "079192004567", "0903 123 456", {}, {}};
}

// What is wrong with the first field, else with the whole.
template <typename T>
std::string wrongOf(const Result<T>& result) {
    if (result || result.error().fields.empty()) return codeOf(result);
    return result.error().fields.front().code;
}

bool has(const std::vector<Event>& events, const std::string& kind, const std::string& actor) {
    return std::any_of(events.begin(), events.end(),
                       [&](const Event& event) { return event.kind == kind && event.actor == actor; });
}

// A draft at the counter with all that its form needs, its papers seen and not scanned.
Dossier ready(House& house, const Context& desk, const Applicant& applicant, const char* code = birth,
              const std::string& agency = ward) {
    Dossier draft = need(house.dossiers.receive(desk, code, agency, applicant));
    const auto package = need(house.dossiers.package(desk, draft));
    draft = need(house.dossiers.save(desk, draft.id, draft.version, House::answers(code),
                                     package->definition.form().sections.back().key));
    const auto verdict =
        forms::judge(package->definition, draft.answers, {house.clock.now(), forms::Stage::Submit, {}});
    for (const std::string& slot : verdict.neededPapers)
        draft = need(house.dossiers.seePaper(desk, draft.id, slot, "original"));
    return draft;
}

Dossier taken(House& house, const Context& desk, const Applicant& applicant) {
    const Dossier draft = ready(house, desk, applicant);
    return need(house.dossiers.submit(desk, draft.id, draft.id));
}

} // namespace

class ReceptionTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ReceptionTest);
    CPPUNIT_TEST(whatADeskFilesIsAcceptedAtOnce);
    CPPUNIT_TEST(theRecordSaysWhoFiledForWhom);
    CPPUNIT_TEST(onlyReceiversOfACompetentAgencyTakeIn);
    CPPUNIT_TEST(aDraftIsOfItsOfficialWhileHeReceives);
    CPPUNIT_TEST(theApplicantFollowsByCodeAndTelephone);
    CPPUNIT_TEST(whatIsFiledForAnAccountIsAmongItsOwn);
    CPPUNIT_TEST(onlyTheDeskSaysThatItSawAPaper);
    CPPUNIT_TEST(theDeskActsForWhoComesBack);
    CPPUNIT_TEST(sentTwiceItIsOneDossier);
    CPPUNIT_TEST(aFeeHoldsUpNobodyAtTheCounter);
    CPPUNIT_TEST(aPersonIsTakenAsThePaperHasHim);
    CPPUNIT_TEST(whatWasBegunAndThrownAwayIsGone);
    CPPUNIT_TEST_SUITE_END();

    const Context an_ = as(citizen("an"));
    const Context desk_ = as(clerk("chi"));
    const Context colleague_ = as(clerk("dung"));

    void whatADeskFilesIsAcceptedAtOnce() {
        inEachHouse([&](House& house) {
            const auto choices = house.dossiers.receivable(desk_);
            CPPUNIT_ASSERT(std::any_of(choices.begin(), choices.end(), [](const Receivable& one) {
                return one.code == birth && one.agencies.size() == 1 && one.agencies.front().id == ward;
            }));
            const Dossier begun = need(house.dossiers.receive(desk_, birth, ward, hanh()));
            CPPUNIT_ASSERT_EQUAL(hanh().name, begun.applicant);
            CPPUNIT_ASSERT_EQUAL(std::string{"0903123456"}, begun.answers["requester"]["phone"].string());

            const Dossier filed = taken(house, desk_, hanh());
            CPPUNIT_ASSERT(!filed.number.empty() && !filed.code.empty() && filed.dueAt && filed.acceptedAt);
            CPPUNIT_ASSERT_EQUAL(std::string{kDirect}, filed.channel);
            CPPUNIT_ASSERT_EQUAL(std::string{}, filed.owner);
            CPPUNIT_ASSERT_EQUAL(std::string{"appraise"}, house.step(filed.id));
            const Sight sight = need(house.dossiers.see(desk_, filed.id));
            CPPUNIT_ASSERT(has(sight.events, "submitted", "chi") && has(sight.events, "accepted", "chi"));
            CPPUNIT_ASSERT(sight.desk && !sight.owner && sight.applicant);
            CPPUNIT_ASSERT_EQUAL(hanh().nationalId, sight.applicant->nationalId);
            // The next one at the same counter has the next number.
            const Dossier next = taken(house, colleague_, hanh());
            CPPUNIT_ASSERT_EQUAL(std::string{"0002"}, next.code.substr(next.code.size() - 4));
        });
    }

    void theRecordSaysWhoFiledForWhom() {
        inEachHouse([&](House& house) {
            const Dossier one = taken(house, desk_, hanh());
            Applicant other = hanh();
            other.nationalId = "079090012345";
            const Dossier two = taken(house, colleague_, other);
            const Dossier three = taken(house, desk_, hanh());
            const auto record = [&](const std::string& id) {
                const auto all =
                    house.database.read(an_, [&](db::Reader& tx) { return audit::Audit::records(tx, id); });
                const auto found = std::find_if(all.begin(), all.end(), [](const audit::Record& one_) {
                    return one_.action == "dossier.received_for";
                });
                CPPUNIT_ASSERT(found != all.end());
                return *found;
            };
            CPPUNIT_ASSERT_EQUAL(std::string{"chi"}, record(one.id).actor);
            CPPUNIT_ASSERT_EQUAL(std::string{"dung"}, record(two.id).actor);
            const std::string digest = record(one.id).details["applicant"].string();
            CPPUNIT_ASSERT(digest.size() == 32 && digest == record(three.id).details["applicant"].string());
            CPPUNIT_ASSERT(digest != record(two.id).details["applicant"].string());
            CPPUNIT_ASSERT_EQUAL(std::string::npos, record(one.id).details.dump().find(hanh().nationalId));
        });
    }

    // O18
    void onlyReceiversOfACompetentAgencyTakeIn() {
        inEachHouse([&](House& house) {
            const auto tried = [&](const Actor& actor, const std::string& agency = ward) {
                return wrongOf(house.dossiers.receive(as(actor), birth, agency, hanh()));
            };
            for (const char* role : {"specialist", "leader", "admin"})
                CPPUNIT_ASSERT_EQUAL(std::string{"dossier.not_receiver"}, tried(clerk("x", role)));
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.not_receiver"},
                                 tried(clerk("x", "receiver", "phuong-ben-thanh")));
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.not_receiver"}, tried(citizen("an")));
            CPPUNIT_ASSERT_EQUAL(std::string{"sign_in.needed"}, tried(Actor{}));
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.wrong_agency"}, tried(clerk("x"), "tphcm"));
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.wrong_agency"}, tried(clerk("x"), "nowhere"));
            CPPUNIT_ASSERT_EQUAL(std::string{}, tried(clerk("x", "receiver", "quan-1"))); // and below it
            for (const Actor& nobody : {clerk("x", "specialist"), citizen("an"), Actor{}})
                CPPUNIT_ASSERT(house.dossiers.receivable(as(nobody)).empty());
        });
    }

    void aDraftIsOfItsOfficialWhileHeReceives() {
        inEachHouse([&](House& house) {
            const Dossier draft = ready(house, desk_, hanh());
            const Context moved = as(clerk("chi", "receiver", "phuong-ben-thanh"));
            const Context demoted = as(clerk("chi", "specialist"));
            for (const Context& who : {colleague_, moved, demoted, as(clerk("x", "leader")), an_}) {
                CPPUNIT_ASSERT_EQUAL(std::string{"dossier.none"}, codeOf(house.dossiers.find(who, draft.id)));
                CPPUNIT_ASSERT_EQUAL(
                    std::string{"dossier.none"},
                    codeOf(house.dossiers.save(who, draft.id, draft.version, draft.answers, "")));
                CPPUNIT_ASSERT_EQUAL(
                    std::string{"dossier.none"},
                    codeOf(house.dossiers.seePaper(who, draft.id, "giay_chung_sinh", "copy")));
                CPPUNIT_ASSERT_EQUAL(std::string{"dossier.none"},
                                     codeOf(house.dossiers.submit(who, draft.id, draft.id)));
                CPPUNIT_ASSERT_EQUAL(std::string{"dossier.none"},
                                     codeOf(house.dossiers.discard(who, draft.id)));
            }
            need(house.dossiers.submit(desk_, draft.id, draft.id));
        });
    }

    // P11, X5
    void theApplicantFollowsByCodeAndTelephone() {
        inEachHouse([&](House& house) {
            const Dossier filed = taken(house, desk_, hanh());
            for (const char* typed : {"0903123456", "+84 903 123 456", "0903.123.456"}) {
                const Followed seen = need(house.dossiers.followed({}, filed.code, typed));
                CPPUNIT_ASSERT_EQUAL(filed.id, seen.dossier.id);
                CPPUNIT_ASSERT(seen.dossier.answers.members().empty());
                CPPUNIT_ASSERT(has(seen.events, "accepted", "chi"));
            }
            for (const char* typed : {"0903123457", "", "x", "0903"})
                CPPUNIT_ASSERT_EQUAL(std::string{"dossier.none"},
                                     codeOf(house.dossiers.followed({}, filed.code, typed)));
            need(house.act(filed.id, "supplement", "Giấy chứng sinh bị mờ"));
            CPPUNIT_ASSERT_EQUAL(std::string{"Giấy chứng sinh bị mờ"},
                                 need(house.dossiers.followed({}, filed.code, hanh().phone)).supplementNote);

            Applicant silent = hanh();
            silent.phone.clear();
            const Dossier other = taken(house, desk_, silent);
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.none"},
                                 codeOf(house.dossiers.followed({}, other.code, "")));
            // Filed online it is followed by its owner, whatever telephone he has.
            const Dossier online = house.filed(an_);
            need(house.act(online.id, "accept"));
            const std::string code = need(house.dossiers.find(an_, online.id)).code;
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.none"},
                                 codeOf(house.dossiers.followed({}, code, "0903123456")));
        });
    }

    void whatIsFiledForAnAccountIsAmongItsOwn() {
        inEachHouse([&](House& house) {
            Applicant known = hanh();
            known.account = "an";
            const Dossier filed = taken(house, desk_, known);
            CPPUNIT_ASSERT_EQUAL(std::string{"an"}, filed.owner);
            const auto mine = house.dossiers.mine(an_, Instant{INT64_MAX}, "", 10);
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, mine.size());
            CPPUNIT_ASSERT_EQUAL(filed.code, mine.front().code);
            CPPUNIT_ASSERT(need(house.dossiers.see(an_, filed.id)).owner);
            CPPUNIT_ASSERT(house.dossiers.mine(desk_, Instant{INT64_MAX}, "", 10).empty());
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.none"},
                                 codeOf(house.dossiers.find(as(citizen("binh")), filed.id)));
        });
    }

    void onlyTheDeskSaysThatItSawAPaper() {
        inEachHouse([&](House& house) {
            const Dossier online = need(house.dossiers.begin(an_, birth, ward));
            CPPUNIT_ASSERT_EQUAL(
                std::string{"dossier.none"},
                codeOf(house.dossiers.seePaper(an_, online.id, "giay_chung_sinh", "original")));
            Applicant known = hanh();
            known.account = "an";
            const Dossier filed = taken(house, desk_, known);
            need(house.act(filed.id, "supplement", "Giấy chứng sinh bị mờ"));
            CPPUNIT_ASSERT_EQUAL(
                std::string{"dossier.none"},
                codeOf(house.dossiers.seePaper(an_, filed.id, "giay_chung_sinh", "original")));
            need(house.dossiers.addPaper(an_, filed.id, "giay_chung_sinh", "a.pdf", house.paper("a")));

            const Dossier draft = need(house.dossiers.receive(desk_, birth, ward, hanh()));
            CPPUNIT_ASSERT_EQUAL(
                std::string{"dossier.not_seen"},
                wrongOf(house.dossiers.seePaper(desk_, draft.id, "giay_chung_sinh", "believed")));
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.no_such_paper"},
                                 codeOf(house.dossiers.seePaper(desk_, draft.id, "passport", "copy")));
        });
    }

    void theDeskActsForWhoComesBack() {
        inEachHouse([&](House& house) {
            const Dossier filed = taken(house, desk_, hanh());
            need(house.act(filed.id, "supplement", "Giấy chứng sinh bị mờ"));
            CPPUNIT_ASSERT_EQUAL(
                std::string{"dossier.none"},
                codeOf(house.dossiers.answerSupplement(as(clerk("x", "specialist")), filed.id, "")));
            need(house.dossiers.removePaper(colleague_, filed.id, "giay_chung_sinh", "original"));
            CPPUNIT_ASSERT_EQUAL(std::string{"form.invalid"},
                                 codeOf(house.dossiers.answerSupplement(colleague_, filed.id, "")));
            need(house.dossiers.addPaper(colleague_, filed.id, "giay_chung_sinh", "quet.pdf",
                                         house.paper("a")));
            need(house.dossiers.answerSupplement(colleague_, filed.id, ""));
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.none"},
                                 codeOf(house.dossiers.withdraw(an_, filed.id, "x")));
            CPPUNIT_ASSERT(need(house.dossiers.withdraw(colleague_, filed.id, "Người nộp xin rút")).state ==
                           State::Withdrawn);
            // What was filed online is its owner's alone.
            const Dossier online = house.filed(an_);
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.none"},
                                 codeOf(house.dossiers.withdraw(desk_, online.id, "x")));
        });
    }

    void sentTwiceItIsOneDossier() {
        inEachHouse([&](House& house) {
            const Dossier draft = ready(house, desk_, hanh());
            const Dossier once = need(house.dossiers.submit(desk_, draft.id, draft.id));
            const Dossier twice = need(house.dossiers.submit(desk_, draft.id, draft.id));
            CPPUNIT_ASSERT_EQUAL(once.code, twice.code);
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.stale"},
                                 codeOf(house.dossiers.submit(desk_, draft.id, "another key")));
        });
    }

    void aFeeHoldsUpNobodyAtTheCounter() {
        inEachHouse([&](House& house) {
            const Context desk = as(clerk("chi", "receiver", "quan-1"));
            const Dossier draft = ready(house, desk, hanh(), building, "quan-1");
            CPPUNIT_ASSERT(draft.feeDue());
            const Dossier filed = need(house.dossiers.submit(desk, draft.id, draft.id));
            CPPUNIT_ASSERT(!filed.code.empty() && filed.feeDue());
            CPPUNIT_ASSERT(need(house.database.write(house.system, [&](db::Writer& tx) {
                return house.dossiers.feePaid(house.system, tx, filed.id, filed.fee);
            })));
            CPPUNIT_ASSERT(!need(house.dossiers.find(desk, filed.id)).feeDue());
        });
    }

    void aPersonIsTakenAsThePaperHasHim() {
        const CivilDay today{2026, 3, 9};
        const auto wrong = [&](Applicant applicant) {
            const auto made = checked(applicant, today);
            return made ? std::string{} : made.error().fields.front().field;
        };
        for (const char* number : {"079192004567", "024 123 456", "b1234567"}) {
            Applicant one = hanh();
            one.nationalId = number;
            CPPUNIT_ASSERT_EQUAL_MESSAGE(number, std::string{}, wrong(one));
        }
        CPPUNIT_ASSERT_EQUAL(std::string{"B1234567"},
                             need(checked({"A", " b123-4567 ", {}, {}, {}}, today)).nationalId);
        CPPUNIT_ASSERT_EQUAL(std::string{"0903123456"}, need(checked(hanh(), today)).phone);
        for (const char* number : {"", "1", "999999999999", "07919200456", "B123456'--"}) {
            Applicant one = hanh();
            one.nationalId = number;
            CPPUNIT_ASSERT_EQUAL_MESSAGE(number, std::string{"national_id"}, wrong(one));
        }
        CPPUNIT_ASSERT_EQUAL(std::string{"full_name"}, wrong({" ", "079192004567", {}, {}, {}}));
        CPPUNIT_ASSERT_EQUAL(std::string{"full_name"},
                             wrong({std::string(500, 'a'), "079192004567", {}, {}, {}}));
        CPPUNIT_ASSERT_EQUAL(std::string{"phone"}, wrong({"A", "079192004567", "12", {}, {}}));
        CPPUNIT_ASSERT_EQUAL(std::string{"email"}, wrong({"A", "079192004567", {}, "a@", {}}));
    }

    void whatWasBegunAndThrownAwayIsGone() {
        inEachHouse([&](House& house) {
            const Dossier draft = ready(house, desk_, hanh());
            need(house.dossiers.discard(desk_, draft.id));
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.none"}, codeOf(house.dossiers.find(desk_, draft.id)));
            CPPUNIT_ASSERT(!house.database.read(
                an_, [&](db::Reader& tx) { return house.dossiers.cameInPerson(tx, draft.id).has_value(); }));
        });
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ReceptionTest);
