// What the law and the people's trust ask of a dossier on its way: papers, supplements, reasons, who sees
// what.
#include "dossier_house.h"

#include "dossier/dossier_policy.h"

#include <algorithm>

using namespace motcua;
using namespace motcua::dossier;
using namespace motcua::dossier::test;

namespace {

bool holds(const Sight& sight, const std::string& name) {
    return std::any_of(sight.files.begin(), sight.files.end(),
                       [&](const files::File& file) { return file.name == name; });
}

} // namespace

class DossierLawTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(DossierLawTest);
    CPPUNIT_TEST(theFormDecidesWhetherOthersAreAsked);
    CPPUNIT_TEST(aRoleHoldsOnlyWhereItWasGiven);
    CPPUNIT_TEST(aPaperThatIsRefusedIsNotKept);
    CPPUNIT_TEST(aPaperThatIsRemovedIsGone);
    CPPUNIT_TEST(aSupplementThatLeavesAHoleIsNotTaken);
    CPPUNIT_TEST(oneSupplementIsAskedForAndASecondOnlyByALeader);
    CPPUNIT_TEST(theReasonOfARefusalReachesTheApplicant);
    CPPUNIT_TEST(aResultIsHandedOutOnlySigned);
    CPPUNIT_TEST(aStepIsOnRecordWithTheAgencyThatDidIt);
    CPPUNIT_TEST(aDraftGoesByWhatIsInForceWhenItIsFiled);
    CPPUNIT_TEST(whatAFormNoLongerAsksLeavesADraft);
    CPPUNIT_TEST(aDraftThatNobodyTouchesGoesWithAllItHeld);
    CPPUNIT_TEST(aWeekendIsNoTimeLeft);
    CPPUNIT_TEST(numbersAreFoundAsPeopleTypeThem);
    CPPUNIT_TEST_SUITE_END();

    const Context an_ = as(citizen("an"));

    // The building permit asks others where the house touches its neighbours or fire safety.
    void theFormDecidesWhetherOthersAreAsked() {
        inEachHouse([&](House& house) {
            Json apart = House::answers(building);
            apart.set("lien_ke", false);
            for (const auto& [said, next] :
                 {std::pair{House::answers(building), "consult"}, std::pair{apart, "draft"}}) {
                const Dossier filed = house.filed(an_, building, "quan-1", said);
                need(house.act(filed.id, "accept"));
                need(house.act(filed.id, "pass"));
                need(house.act(filed.id, "pass"));
                CPPUNIT_ASSERT_EQUAL(std::string{next}, house.step(filed.id));
            }
        });
    }

    // O18: a leader of one ward who receives dossiers in another leads nothing there.
    void aRoleHoldsOnlyWhereItWasGiven() {
        inEachHouse([&](House& house) {
            const Dossier filed = house.filed(an_);
            const Actor both{ActorKind::Official,
                             "both",
                             "Both",
                             {"receiver", "specialist"},
                             {"phuong-ben-thanh", "phuong-ben-nghe"}};
            const auto open = need(house.database.read(
                an_, [&](db::Reader& tx) { return house.processes.openOf(tx, filed.id); }));
            const process::Task& task = open.front().task;
            CPPUNIT_ASSERT_EQUAL(
                std::string{"process.denied"},
                codeOf(house.dossiers.act(as(both), {filed.id, task.id, task.version, "accept", ""})));
            CPPUNIT_ASSERT(need(house.dossiers.workList(as(both), {})).rows.empty());
            CPPUNIT_ASSERT(house.dossiers.see(as(both), filed.id).ok()); // it is dossiers of his ward still
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.none"},
                                 codeOf(house.dossiers.see(as(official("admin", "tphcm")), filed.id)));
        });
    }

    void aPaperThatIsRefusedIsNotKept() {
        inEachHouse([&](House& house) {
            const Dossier filed = house.filed(an_);
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.none"},
                                 codeOf(house.dossiers.addPaper(an_, filed.id, "giay_chung_sinh", "late.pdf",
                                                                house.paper("slipped in"))));
            CPPUNIT_ASSERT(!holds(need(house.dossiers.see(an_, filed.id)), "late.pdf"));

            const Dossier draft = house.ready(an_, birth, "phuong-ben-nghe", House::answers(birth));
            const auto package = need(house.dossiers.package(an_, draft));
            const int most = package->definition.form().paper("giay_chung_sinh")->maxFiles;
            for (int i = 1; i < most; ++i)
                need(house.dossiers.addPaper(an_, draft.id, "giay_chung_sinh", "more.pdf",
                                             house.paper(std::to_string(i))));
            CPPUNIT_ASSERT_EQUAL(std::string{"form.invalid"},
                                 codeOf(house.dossiers.addPaper(an_, draft.id, "giay_chung_sinh", "last.pdf",
                                                                house.paper("one too many"))));
            CPPUNIT_ASSERT(!holds(need(house.dossiers.see(an_, draft.id)), "last.pdf"));
        });
    }

    void aPaperThatIsRemovedIsGone() {
        inEachHouse([&](House& house) {
            Dossier draft = house.ready(an_, birth, "phuong-ben-nghe", House::answers(birth));
            const std::string file = draft.answers["papers"]["giay_chung_sinh"].at(0)["file"].string();
            draft = need(house.dossiers.removePaper(an_, draft.id, "giay_chung_sinh", file));
            CPPUNIT_ASSERT(need(house.dossiers.see(an_, draft.id)).files.empty());
            // Put in again it is there again, and what was filed stays on record.
            draft =
                need(house.dossiers.addPaper(an_, draft.id, "giay_chung_sinh", "a.pdf", house.paper("a")));
            need(house.dossiers.submit(an_, draft.id, draft.id));
            need(house.act(draft.id, "supplement", "Giấy chứng sinh bị mờ"));
            const std::string old = draft.answers["papers"]["giay_chung_sinh"].at(0)["file"].string();
            need(house.dossiers.addPaper(an_, draft.id, "giay_chung_sinh", "b.pdf", house.paper("b")));
            need(house.dossiers.removePaper(an_, draft.id, "giay_chung_sinh", old));
            CPPUNIT_ASSERT(holds(need(house.dossiers.see(an_, draft.id)), "a.pdf"));
        });
    }

    void aSupplementThatLeavesAHoleIsNotTaken() {
        inEachHouse([&](House& house) {
            const Dossier filed = house.filed(an_);
            need(house.act(filed.id, "supplement", "Giấy chứng sinh bị mờ"));
            const std::string file = filed.answers["papers"]["giay_chung_sinh"].at(0)["file"].string();
            need(house.dossiers.removePaper(an_, filed.id, "giay_chung_sinh", file));
            const auto refused = house.dossiers.answerSupplement(an_, filed.id, "");
            CPPUNIT_ASSERT_EQUAL(std::string{"form.invalid"}, codeOf(refused));
            CPPUNIT_ASSERT_EQUAL(std::string{"papers.giay_chung_sinh"}, refused.error().fields.front().field);
            need(house.dossiers.addPaper(an_, filed.id, "giay_chung_sinh", "b.pdf", house.paper("b")));
            need(house.dossiers.answerSupplement(an_, filed.id, ""));
        });
    }

    // Decree 61/2018, article 11.2.c.
    void oneSupplementIsAskedForAndASecondOnlyByALeader() {
        inEachHouse([&](House& house) {
            const Dossier filed = house.filed(an_);
            need(house.act(filed.id, "supplement", "Giấy chứng sinh bị mờ"));
            need(house.dossiers.answerSupplement(an_, filed.id, ""));
            need(house.act(filed.id, "accept"));
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.supplemented_once"},
                                 codeOf(house.act(filed.id, "supplement", "Còn thiếu")));
            need(house.act(filed.id, "supplement", "Cha khai lại nơi cư trú", {"leader"}));
        });
    }

    void aResultIsHandedOutOnlySigned() { // P14
        inEachHouse([&](House& house) {
            const Dossier filed = house.filed(an_);
            need(house.act(filed.id, "accept"));
            need(house.act(filed.id, "pass"));
            need(house.act(filed.id, ""));
            need(house.act(filed.id, "approve"));
            CPPUNIT_ASSERT(need(house.dossiers.see(an_, filed.id)).resultUnsigned);
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.result_unsigned"}, codeOf(house.act(filed.id, "")));
            need(house.database.write(house.system, [&](db::Writer& tx) {
                return house.dossiers.setDocument(house.system, tx, filed.id, "result", "a signed paper");
            }));
            need(house.act(filed.id, ""));
        });
    }

    // Decree 61/2018, article 19.8: the specialist's reason, not what the leader writes when he agrees.
    void theReasonOfARefusalReachesTheApplicant() {
        inEachHouse([&](House& house) {
            for (const char* opinion : {"", "Đồng ý"}) {
                const Dossier filed = house.filed(an_);
                need(house.act(filed.id, "accept"));
                need(house.act(filed.id, "refuse", "Trẻ đã được đăng ký khai sinh"));
                need(house.act(filed.id, "approve", opinion));
                CPPUNIT_ASSERT_EQUAL(std::string{"refused"}, house.happened.back().kind);
                CPPUNIT_ASSERT_EQUAL(std::string{"Trẻ đã được đăng ký khai sinh"},
                                     house.happened.back().note);
                CPPUNIT_ASSERT_EQUAL(std::string{"refusal.issue"}, house.commanded.back().command.command);
                CPPUNIT_ASSERT_EQUAL(std::string{"Trẻ đã được đăng ký khai sinh"},
                                     house.commanded.back().note);
                const Sight sight = need(house.dossiers.see(an_, filed.id));
                CPPUNIT_ASSERT_EQUAL(std::string{"Trẻ đã được đăng ký khai sinh"}, sight.refusalReason);
            }
        });
    }

    void aStepIsOnRecordWithTheAgencyThatDidIt() {
        inEachHouse([&](House& house) {
            const Dossier filed = house.filed(an_, building, "quan-1");
            need(house.act(filed.id, "accept"));
            const auto open = need(house.database.read(
                an_, [&](db::Reader& tx) { return house.processes.openOf(tx, filed.id); }));
            const std::string executing = open.front().task.agency;
            need(house.act(filed.id, "pass"));
            const Sight sight = need(house.dossiers.see(an_, filed.id));
            CPPUNIT_ASSERT_EQUAL(std::string{"step_done"}, sight.events.back().kind);
            CPPUNIT_ASSERT_EQUAL(executing, sight.events.back().agency);
            // The catalogue says "Phòng Quản lý đô thị cấp huyện": in this district that is this office.
            CPPUNIT_ASSERT_EQUAL(std::string{"phong-quan-ly-do-thi-quan-1"}, executing);
        });
    }

    // O19: new dossiers take the version in force, also where the draft was begun before.
    void aDraftGoesByWhatIsInForceWhenItIsFiled() {
        inEachHouse([&](House& house) {
            const Dossier draft = house.ready(an_, birth, "phuong-ben-nghe", House::answers(birth));
            const Dossier open = house.filed(an_);
            const forms::Library library = need(forms::loadLibrary("config/city/forms/library.yaml"));
            forms::PackageText package =
                need(forms::readPackage(std::string{"config/city/packages/"} + birth, library));
            package.form.title.vi = "Tờ khai mới";
            need(house.forms.publish(house.system, package, civilDay(house.clock.now())));
            CPPUNIT_ASSERT_EQUAL(std::string{"Tờ khai mới"},
                                 need(house.dossiers.package(an_, draft))->definition.form().title.vi);
            const Dossier filed = need(house.dossiers.submit(an_, draft.id, draft.id));
            CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, filed.formVersion);
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, need(house.dossiers.find(an_, open.id)).formVersion);
        });
    }

    void whatAFormNoLongerAsksLeavesADraft() {
        inEachHouse([&](House& house) {
            const Dossier draft = house.ready(an_, birth, "phuong-ben-nghe", House::answers(birth));
            const forms::Library library = need(forms::loadLibrary("config/city/forms/library.yaml"));
            forms::PackageText package =
                need(forms::readPackage(std::string{"config/city/packages/"} + birth, library));
            auto& sections = package.form.sections;
            for (auto& section : sections)
                std::erase_if(section.fields,
                              [](const auto& field) { return field.key == "birth_province"; });
            need(house.forms.publish(house.system, package, civilDay(house.clock.now())));
            const Dossier filed = need(house.dossiers.submit(an_, draft.id, draft.id));
            CPPUNIT_ASSERT(filed.answers["birth_province"].isNull());
            CPPUNIT_ASSERT_EQUAL(std::string{"Trần Nguyễn Gia Bảo"},
                                 filed.answers["child"]["full_name"].string());
        });
    }

    void aDraftThatNobodyTouchesGoesWithAllItHeld() {
        inEachHouse([&](House& house) {
            const Dossier draft = house.ready(an_, birth, "phuong-ben-nghe", House::answers(birth));
            const Dossier filed = house.filed(an_);
            house.clock.advance(std::chrono::hours{24} * draftDays);
            house.dossiers.forgetDrafts(house.system); // not a moment before
            need(house.dossiers.find(an_, draft.id));
            house.clock.advance(Millis{1});
            house.dossiers.forgetDrafts(house.system);
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.none"}, codeOf(house.dossiers.find(an_, draft.id)));
            CPPUNIT_ASSERT(
                house.database.read(an_, [&](db::Reader& tx) { return house.files.ofOwner(tx, draft.id); })
                    .empty());
            need(house.dossiers.find(an_, filed.id));
        });
    }

    // O8: on Friday afternoon what is due on Monday morning presses, however many hours lie between.
    void aWeekendIsNoTimeLeft() {
        inEachHouse([&](House& house) {
            const Instant friday = monday + std::chrono::hours{24 * 4};
            house.clock.set(friday);
            const Dossier filed = house.filed(an_, building, "quan-1"); // to be accepted in one working day
            const Context desk = as(official("receiver", "quan-1"));
            const auto soon = [&] {
                WorkAsked asked;
                asked.urgency = Urgency::Soon;
                return need(house.dossiers.workList(desk, asked)).rows.size();
            };
            house.clock.set(friday + std::chrono::minutes{450}); // 16:30
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, soon());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, house.dossiers.workCounts(desk).soon);
            house.clock.set(monday + std::chrono::hours{24 * 3}); // Thursday, as if it were due on Monday
            CPPUNIT_ASSERT_EQUAL(std::size_t{0}, soon());
            CPPUNIT_ASSERT_EQUAL(filed.id, need(house.dossiers.workList(desk, {})).rows.front().dossier);
        });
    }

    // X5: without dots and hyphens, in small letters, with O for 0.
    void numbersAreFoundAsPeopleTypeThem() {
        CPPUNIT_ASSERT_EQUAL(std::string{"000.00.41.H29-200713-0125"}, normalCode("0000041h292007130125"));
        CPPUNIT_ASSERT_EQUAL(std::string{"000.00.41.H29-200713-0125"},
                             normalCode(" 000.00.41.H29 - 200713 - 0125 "));
        CPPUNIT_ASSERT_EQUAL(std::string{"000.00.41.H29-200713-10125"},
                             normalCode("OOO.OO.41.H29-200713-1O125"));
        CPPUNIT_ASSERT_EQUAL(std::string{"TN-260309-7K2M9QXD41"}, normalCode("tn 260309 7k2m9qxd4l"));
        CPPUNIT_ASSERT_EQUAL(std::string{"H29.41.01-200713-0001"}, normalCode("h29.41.01-200713-0001"));
        inEachHouse([&](House& house) {
            const Dossier filed = house.filed(an_);
            need(house.act(filed.id, "accept"));
            const std::string code = need(house.dossiers.find(an_, filed.id)).code;
            std::string typed;
            for (const char c : code)
                if (c != '.' && c != '-') typed += static_cast<char>(std::tolower(c));
            CPPUNIT_ASSERT_EQUAL(code, need(house.dossiers.publicView({}, typed)).code);
            CPPUNIT_ASSERT_EQUAL(std::string{"dossier.none"},
                                 codeOf(house.dossiers.publicView({}, "' OR 1=1")));
        });
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(DossierLawTest);
