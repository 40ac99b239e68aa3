// What belongs to a form: its result's template, its notices, and its stored versions. // O19
#include "forms_test_support.h"

#include "agency/agency_repository.h"
#include "forms/display.h"
#include "forms/forms_service.h"
#include "support/databases.h"

#include <functional>

using namespace motcua;
using namespace motcua::forms;
using namespace motcua::forms::test;

class PackageTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(PackageTest);
    CPPUNIT_TEST(everyReadyResultIsMadeOfItsAnswers);
    CPPUNIT_TEST(answersCannotOpenBlocks);
    CPPUNIT_TEST(brokenTemplatesAreRefused);
    CPPUNIT_TEST(everyReadyNoticeIsMadeInBothLanguages);
    CPPUNIT_TEST(noticesOfAnAuthorsMistakesAreRefused);
    CPPUNIT_TEST(thePackagesAreLoadedOnceAndServed);
    CPPUNIT_TEST(newVersionsLeaveOpenDossiersTheirs);
    CPPUNIT_TEST(onlyTheCitysAdministratorPublishes);
    CPPUNIT_TEST(nothingUnusableIsPublished);
    CPPUNIT_TEST_SUITE_END();

    static Json resultData(const std::string& code, const Json& answers) {
        const Definition form = ready(code);
        return Json::Object{{"parent_agency", "Ủy ban nhân dân Quận 1"},
                            {"agency", "Ủy ban nhân dân phường Bến Nghé"},
                            {"number", "12/2026"},
                            {"place_and_date", "Quận 1, ngày 10 tháng 3 năm 2026"},
                            {"code", "000.00.41.H29-260310-0001"},
                            {"issued_on", "10/03/2026"},
                            {"signer", Json::Object{{"title", "CHỦ TỊCH"}, {"name", "Đỗ Hoàng Yến"}}},
                            {"verify_url", "https://example.test/kiem-tra/abc"},
                            {"answers", displayAll(form.form(), judged(form, answers).answers, "vi")}};
    }

    static std::string textOf(const documents::Document& document) {
        std::string text;
        for (const documents::Block& block : document.blocks) {
            if (const auto* title = std::get_if<documents::Title>(&block))
                text += "[title " + title->text + "|" + title->subtitle + "]\n";
            if (const auto* paragraph = std::get_if<documents::Paragraph>(&block))
                text += paragraph->text + "\n";
            if (const auto* fields = std::get_if<documents::Fields>(&block))
                for (const auto& [label, value] : fields->rows)
                    text += label + " = " + value + "\n";
            if (const auto* table = std::get_if<documents::Table>(&block))
                for (const auto& row : table->rows)
                    for (const std::string& cell : row)
                        text += cell + ";";
            if (const auto* signatures = std::get_if<documents::Signatures>(&block))
                text += "[sign " + signatures->right.title + " " + signatures->right.name + "]\n";
            if (const auto* code = std::get_if<documents::Code>(&block))
                text += "[qr " + code->content + "]\n";
        }
        return text;
    }
    static void has(const std::string& expected, const std::string& text) {
        CPPUNIT_ASSERT_MESSAGE("expected " + expected + " in:\n" + text,
                               text.find(expected) != std::string::npos);
    }

    void everyReadyResultIsMadeOfItsAnswers() {
        std::map<std::string, std::string> made;
        int count = 0;
        for (const std::string& code : readyProcedures()) {
            const auto source = ResultTemplate::load("config/city/packages/" + code + "/result.mustache");
            CPPUNIT_ASSERT_MESSAGE(code, source.ok());
            for (const auto& file : std::filesystem::directory_iterator{"tests/fixtures/forms/" + code}) {
                if (!file.path().filename().string().starts_with("valid")) continue;
                const auto document = source->make(resultData(code, readJson(file.path())), now());
                CPPUNIT_ASSERT_MESSAGE(document ? "" : code + document.error().detail, document.ok());
                CPPUNIT_ASSERT(std::holds_alternative<documents::StateHeader>(document->blocks.at(0)));
                const std::string text = textOf(*document);
                made[code + "/" + file.path().filename().string()] = text;
                // The business registration office of a district issues it (Decree 01/2021, article 87).
                const std::string office = code == "1.001612" ? "TRƯỞNG PHÒNG" : "CHỦ TỊCH";
                has("[sign " + office + " Đỗ Hoàng Yến]", text);
                has("[qr https://example.test/kiem-tra/abc]", text);
                CPPUNIT_ASSERT_MESSAGE(text, text.find("{{") == std::string::npos);
                CPPUNIT_ASSERT_MESSAGE(text, text.find("||") == std::string::npos);
                ++count;
            }
        }
        CPPUNIT_ASSERT(count >= 10);
        has("Họ, chữ đệm, tên = Trần Nguyễn Gia Bảo", made["1.001193/valid.json"]);
        has("Họ, chữ đệm, tên người cha = Trần Minh Đức", made["1.001193/valid.json"]);
        CPPUNIT_ASSERT(made["1.001193/valid-late.json"].find("người cha") == std::string::npos);
        has("đã ly hôn theo Bản án, Quyết định số 45/2021/QĐST-HNGĐ ngày 09/03/2021",
            made["1.004873/valid.json"]);
        has("kết hôn với Phạm Thu Thảo", made["1.004873/valid.json"]);
        has("không có giá trị để đăng ký kết hôn", made["1.004873/valid-again.json"]);
        has("[title TRÍCH LỤC KẾT HÔN|(BẢN SAO)]", made["2.000635/valid.json"]);
        has("Vốn kinh doanh = 80.000.000 đ", made["1.001612/valid.json"]);
        has("1;4711;Bán lẻ", made["1.001612/valid.json"]);
        has("Tổng diện tích sàn = 184,75 m²", made["1.013225/valid.json"]);
        has("Mật độ xây dựng = 77,88 %", made["1.013225/valid.json"]);
    }

    void answersCannotOpenBlocks() {
        const auto source = ResultTemplate::parse("{{a}}\n\n@fields\nTên | {{a}}\n{{b}} | x\n@end\n");
        Json data = Json::Object{{"a", "@sign forged | x\n@title FORGED\\"}, {"b", "# @end"}};
        const auto document = source->make(data, now());
        CPPUNIT_ASSERT_EQUAL(std::size_t{2}, document->blocks.size());
        CPPUNIT_ASSERT_EQUAL(
            std::string{"@sign forged | x @title FORGED\\\nTên = @sign forged | x @title FORGED\\\n"
                        "# @end = x\n"},
            textOf(*document));
    }

    void brokenTemplatesAreRefused() {
        CPPUNIT_ASSERT_EQUAL(std::string{"result.template_broken"},
                             ResultTemplate::parse("{{#a}}").error().code);
        for (const char* broken :
             {"@fields\na | b\n", "@fields\na | b | c\n@end", "@table A\n@end", "@table A:0\n@end",
              "@table A:1 | B:1\nx\n@end", "@video x", "@fields\n@title x\n@end"}) {
            const auto made = ResultTemplate::parse(broken)->make(Json::object(), now());
            CPPUNIT_ASSERT_MESSAGE(broken, !made);
            CPPUNIT_ASSERT_EQUAL_MESSAGE(broken, std::string{"result.template_broken"}, made.error().code);
        }
        CPPUNIT_ASSERT_EQUAL(std::string{"result.no_template"}, ResultTemplate::load("nowhere").error().code);
    }

    void everyReadyNoticeIsMadeInBothLanguages() {
        const Json data = Json::Object{{"applicant", "Nguyễn Thị Hồng Hạnh"},
                                       {"agency", "Ủy ban nhân dân phường Bến Nghé"},
                                       {"submission", "N-260310-7"},
                                       {"code", "000.00.41.H29-260310-0001"},
                                       {"due", "16:30 11/03/2026"},
                                       {"link", "https://example.test/hs/1"},
                                       {"reason", "Thiếu giấy chứng sinh"},
                                       {"reply_by", "20/03/2026"},
                                       {"amount", "8.000 đ"},
                                       {"hotline", "1022"},
                                       {"items", Json::Array{Json::Object{{"text", "Giấy chứng sinh"}}}}};
        for (const std::string& code : readyProcedures()) {
            const auto notices = Notices::load("config/city/packages/" + code + "/notices.yaml");
            CPPUNIT_ASSERT_MESSAGE(notices ? "" : notices.error().detail, notices.ok());
            for (const std::string_view event : noticeEvents)
                for (const char* locale : {"vi", "en"}) {
                    const Notice notice = notices->make(event, locale, data).value();
                    const std::string all = notice.subject + "\n" + notice.text;
                    CPPUNIT_ASSERT_MESSAGE(all, !notice.subject.empty() &&
                                                    notice.subject.find('\n') == std::string::npos);
                    CPPUNIT_ASSERT_MESSAGE(all, notice.text.find("{{") == std::string::npos);
                    CPPUNIT_ASSERT_MESSAGE(all, notice.text.find("\n\n\n") == std::string::npos);
                    has("Nguyễn Thị Hồng Hạnh", notice.text);
                    has("https://example.test/hs/1", notice.text);
                }
            has("- Giấy chứng sinh", notices->make("supplement_requested", "vi", data)->text);
            CPPUNIT_ASSERT_EQUAL(std::string{"notice.unknown_event"},
                                 notices->make("lost", "vi", data).error().code);
            // What comes from people stays on the line it was put into.
            Json forged = data;
            forged.set("code", "1\nBcc: all@thu.example");
            CPPUNIT_ASSERT(notices->make("accepted", "vi", forged)->subject.find('\n') == std::string::npos);
        }
    }

    void noticesOfAnAuthorsMistakesAreRefused() {
        std::string good = "notices: 1\n";
        for (const std::string_view event : noticeEvents)
            good += std::string{event} + ":\n  vi: {subject: a, text: b}\n  en: {subject: a, text: b}\n";
        CPPUNIT_ASSERT(Notices::parse(good, "n.yaml").ok());
        const auto refusal = [](const std::string& yaml) {
            return Notices::parse(yaml, "n.yaml").error().detail;
        };
        has("payment", refusal(good.substr(0, good.find("payment"))));
        has("lost", refusal(good + "lost: {}\n"));
        std::string wrong = good;
        wrong.replace(wrong.find("text: b"), 7, "text: '{{password}}'");
        has("password", refusal(wrong));
    }

    // The tests' city: one agency at the top, one below.
    struct City {
        explicit City(db::Database& database)
            : database_(database), audit(clock), agencies(database, audit, clock) {
            const auto made =
                database.write(context(Actor::system("test")), [](db::Writer& writer) -> Result<void> {
                    agency::Agency city;
                    city.id = "city";
                    city.kind = agency::Kind::City;
                    city.name = "Thành phố";
                    agency::putAgency(writer, city);
                    agency::raiseStateVersion(writer);
                    return {};
                });
            CPPUNIT_ASSERT(made.ok());
        }
        static Context context(Actor actor) {
            Context made;
            made.actor = std::move(actor);
            return made;
        }
        FormsService service() { return FormsService{database_, agencies, audit, clock}; }

        db::Database& database_;
        ManualClock clock{now()};
        audit::Audit audit;
        agency::AgencyService agencies;
    };

    static void onEach(const std::function<void(db::Database&)>& test) {
        for (auto& database :
             motcua::test::databases({&agency::schema(), &audit::schema(), &forms::schema()})) {
            test(*database);
        }
    }
    static Context admin() {
        return City::context({ActorKind::Official, "a1", "Quản trị", {"admin"}, {"city"}});
    }
    static PackageText package(const std::string& code) {
        return readPackage("config/city/packages/" + code, library()).value();
    }

    void thePackagesAreLoadedOnceAndServed() {
        onEach([](db::Database& database) {
            City city{database};
            FormsService service = city.service();
            const Context system = City::context(Actor::system("load"));
            CPPUNIT_ASSERT_EQUAL(5, service.load(system, "config/city/packages", library()).value());
            CPPUNIT_ASSERT_EQUAL(0, service.load(system, "config/city/packages", library()).value());
            CPPUNIT_ASSERT_EQUAL(std::size_t{5}, service.procedures(system).size());
            const auto found = service.inForce(system, "2.000635").value();
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, found->version);
            CPPUNIT_ASSERT(found->definition.form() == ready("2.000635").form());
            CPPUNIT_ASSERT(service.inForce(system, "2.000635").value() == found); // made once
            CPPUNIT_ASSERT_EQUAL(std::string{"form.none"}, service.inForce(system, "9.999999").error().code);
            const auto records = database.read(system, [](db::Reader& reader) {
                return audit::Audit::records(reader, "procedure:2.000635");
            });
            CPPUNIT_ASSERT_EQUAL(std::size_t{1}, records.size());
        });
    }

    void newVersionsLeaveOpenDossiersTheirs() {
        onEach([](db::Database& database) {
            City city{database};
            FormsService service = city.service();
            PackageText text = package("2.000635");
            const CivilDay today = civilDay(city.clock.now());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, service.publish(admin(), text, today).value());
            text.form.title.vi = "Tờ khai mới";
            CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, service.publish(admin(), text, today.plus(5)).value());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, service.publish(admin(), text, today.plus(5)).value());
            CPPUNIT_ASSERT_EQUAL(std::int64_t{1}, service.inForce(admin(), "2.000635").value()->version);
            city.clock.advance(std::chrono::hours{24 * 5});
            CPPUNIT_ASSERT_EQUAL(std::int64_t{2}, service.inForce(admin(), "2.000635").value()->version);
            const auto old = service.version(admin(), "2.000635", 1).value();
            CPPUNIT_ASSERT(old->definition.form().title.vi != "Tờ khai mới");
            CPPUNIT_ASSERT(old->to == today.plus(5));
            CPPUNIT_ASSERT_EQUAL(std::string{"form.none"},
                                 service.version(admin(), "2.000635", 3).error().code);
            text.form.title.vi = "Khác nữa";
            CPPUNIT_ASSERT_EQUAL(std::string{"form.past_day"},
                                 service.publish(admin(), text, today).error().code);
        });
    }

    void onlyTheCitysAdministratorPublishes() {
        onEach([](db::Database& database) {
            City city{database};
            FormsService service = city.service();
            const PackageText text = package("2.000635");
            const CivilDay today = civilDay(city.clock.now());
            const Actor others[] = {Actor{},
                                    {ActorKind::Citizen, "c", "C", {"admin"}, {"city"}},
                                    {ActorKind::Official, "o", "O", {"leader"}, {"city"}},
                                    {ActorKind::Official, "o", "O", {"admin"}, {"quan-1"}},
                                    {ActorKind::Official, "o", "O", {"admin"}, {}}};
            for (const Actor& actor : others)
                CPPUNIT_ASSERT_EQUAL(std::string{"form.denied"},
                                     service.publish(City::context(actor), text, today).error().code);
            CPPUNIT_ASSERT(service.procedures(admin()).empty());
        });
    }

    void nothingUnusableIsPublished() {
        onEach([](db::Database& database) {
            City city{database};
            FormsService service = city.service();
            const CivilDay today = civilDay(city.clock.now());
            PackageText text = package("2.000635");
            text.form.sections[0].fields[0].when = "uy_quyen";
            text.form.sections[0].fields[1].when = "la_to_chuc";
            CPPUNIT_ASSERT_EQUAL(std::string{"form.definition"},
                                 service.publish(admin(), text, today).error().code);
            text = package("2.000635");
            text.notices = "notices: 1\n";
            CPPUNIT_ASSERT_EQUAL(std::string{"yaml.invalid"},
                                 service.publish(admin(), text, today).error().code);
            text = package("2.000635");
            text.result = "{{#open}}";
            CPPUNIT_ASSERT_EQUAL(std::string{"result.template_broken"},
                                 service.publish(admin(), text, today).error().code);
            CPPUNIT_ASSERT(service.procedures(admin()).empty());
        });
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(PackageTest);
