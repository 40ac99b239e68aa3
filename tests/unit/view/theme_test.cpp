// Themes from folders: inheritance, words, assets, reload; and what a broken theme says.
#include "view/theme.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

using namespace motcua;
using namespace motcua::view;

namespace fs = std::filesystem;

class ThemeTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ThemeTest);
    CPPUNIT_TEST(aPageStandsInItsLayoutWithWordsAndAssets);
    CPPUNIT_TEST(aChildOverridesSingleFilesAndWords);
    CPPUNIT_TEST(aMissingWordFallsBackToVietnameseThenToItsKey);
    CPPUNIT_TEST(wordsAreFilled);
    CPPUNIT_TEST(brokenThemesAreNamedWithTheFile);
    CPPUNIT_TEST(aReloadIsTakenUpWholeOrNotAtAll);
    CPPUNIT_TEST(anUnknownPageIsABug);
    CPPUNIT_TEST_SUITE_END();

public:
    void setUp() override {
        std::string pattern = (fs::temp_directory_path() / "themes-XXXXXX").string();
        folder_ = ::mkdtemp(pattern.data());
        write("base/theme.json", R"({"name": "base", "parent": null})");
        write("base/templates/layout.mustache", "<html lang=\"{{lang}}\">{{> head}}{{{body}}}</html>");
        write("base/templates/partials/head.mustache", "<link href=\"{{asset.main_css}}\">");
        write("base/templates/portal/home.mustache", "<h1>{{t.home.title}}</h1>{{name}}");
        write("base/templates/mail/hello.txt.mustache", "{{t.home.title}}: {{name}}");
        write("base/i18n/vi.json",
              R"({"home": {"title": "Trang chủ", "only": "chỉ có ở đây"}, "days": "{count} ngày"})");
        write("base/i18n/en.json",
              R"({"home.title": "Home & all", "days": "{count} days", "days.one": "{count} day"})");
        write("base/static/manifest.json", R"({"main.css": "main-1a2b3c4d5e.css"})");
        write("child/theme.json", R"({"name": "child", "parent": "base"})");
        write("child/templates/partials/head.mustache", "<meta>");
        write("child/i18n/vi.json", R"({"home": {"title": "Nhà mới"}})");
    }
    void tearDown() override { fs::remove_all(folder_); }

private:
    void write(const std::string& name, const std::string& text) {
        fs::create_directories((folder_ / name).parent_path());
        std::ofstream{folder_ / name} << text;
    }
    std::shared_ptr<const Theme> load(const std::string& name) {
        auto theme = Theme::load(folder_.string(), name);
        CPPUNIT_ASSERT_MESSAGE(theme ? "" : theme.error().detail, theme.ok());
        return *theme;
    }
    static Model named(const char* name) {
        Model model;
        model.set("name", name);
        return model;
    }
    static Model outer(const char* lang) {
        Model model;
        model.set("lang", lang);
        return model;
    }

    void aPageStandsInItsLayoutWithWordsAndAssets() {
        const auto theme = load("base");
        CPPUNIT_ASSERT_EQUAL(
            std::string{"<html lang=\"vi\"><link href=\"/static/main-1a2b3c4d5e.css\"><h1>Trang "
                        "chủ</h1>A&amp;B</html>"},
            theme->renderPage("portal/home", named("A&B"), outer("vi"), "vi"));
        CPPUNIT_ASSERT_EQUAL(std::string{"<h1>Home &amp; all</h1>"}, theme->render("portal/home", {}, "en"));
        CPPUNIT_ASSERT_EQUAL(std::string{"Home & all: A&B"},
                             theme->render("mail/hello.txt", named("A&B"), "en"));
        CPPUNIT_ASSERT_EQUAL(std::string{"vi"}, theme->localeOr("fr"));
        CPPUNIT_ASSERT_EQUAL(std::string{"/static/main-1a2b3c4d5e.css"}, theme->asset("main.css"));
    }

    void aChildOverridesSingleFilesAndWords() {
        const auto theme = load("child");
        CPPUNIT_ASSERT_EQUAL(std::string{"<html lang=\"vi\"><meta><h1>Nhà mới</h1></html>"},
                             theme->renderPage("portal/home", {}, outer("vi"), "vi"));
        CPPUNIT_ASSERT_EQUAL(std::string{"chỉ có ở đây"}, theme->words("vi").say("home.only"));
        CPPUNIT_ASSERT_EQUAL(std::size_t{1}, theme->staticFolders().size());
    }

    void aMissingWordFallsBackToVietnameseThenToItsKey() {
        const auto theme = load("base");
        CPPUNIT_ASSERT_EQUAL(std::string{"chỉ có ở đây"}, theme->words("en").say("home.only"));
        CPPUNIT_ASSERT_EQUAL(std::string{"no.such.key"}, theme->words("en").say("no.such.key"));
        CPPUNIT_ASSERT_EQUAL(std::string{"else"}, theme->words("en").sayOr("no.such.key", "else"));
    }

    void wordsAreFilled() {
        const auto theme = load("base");
        CPPUNIT_ASSERT_EQUAL(std::string{"2 days"}, theme->words("en").say("days", {{"count", "2"}}));
        CPPUNIT_ASSERT_EQUAL(std::string{"1 day"}, theme->words("en").say("days", {{"count", "1"}}));
        CPPUNIT_ASSERT_EQUAL(std::string{"1 ngày"}, theme->words("vi").say("days", {{"count", "1"}}));
        CPPUNIT_ASSERT_EQUAL(std::string{"{b} {a} x{"}, fill("{b} {c} x{", {{"c", "{a}"}, {"a", "never"}}));
    }

    void brokenThemesAreNamedWithTheFile() {
        const auto fails = [&](const std::string& name, const char* part) {
            const auto theme = Theme::load(folder_.string(), name);
            CPPUNIT_ASSERT_MESSAGE(name, !theme);
            CPPUNIT_ASSERT_MESSAGE(theme.error().detail,
                                   theme.error().detail.find(part) != std::string::npos);
        };
        fails("nowhere", "theme.json");
        fails("../base", "../base");
        write("loop/theme.json", R"({"parent": "loop"})");
        fails("loop", "inherits from itself");
        write("child/templates/x.mustache", "{{#a}}");
        fails("child", "templates/x");
        fs::remove(folder_ / "child/templates/x.mustache");
        write("child/i18n/vi.json", R"({"home": 3})");
        fails("child", "vi.json");
        write("child/i18n/vi.json", "{");
        fails("child", "vi.json");
        write("silent/theme.json", "{}");
        fails("silent", "vi.json");
    }

    void aReloadIsTakenUpWholeOrNotAtAll() {
        ThemeStore store{folder_.string(), "base"};
        const auto before = store.current();
        CPPUNIT_ASSERT(!*store.reloadIfChanged());
        write("base/templates/portal/home.mustache", "<h2>{{t.home.title}} anew</h2>");
        CPPUNIT_ASSERT(*store.reloadIfChanged());
        CPPUNIT_ASSERT_EQUAL(std::string{"<h2>Trang chủ anew</h2>"},
                             store.current()->render("portal/home", {}, "vi"));
        CPPUNIT_ASSERT_EQUAL(std::string{"<h1>Trang chủ</h1>"}, before->render("portal/home", {}, "vi"));
        write("base/templates/portal/home.mustache", "{{#broken}}");
        CPPUNIT_ASSERT(!store.reloadIfChanged());
        CPPUNIT_ASSERT(!store.reload());
        CPPUNIT_ASSERT_EQUAL(std::string{"<h2>Trang chủ anew</h2>"},
                             store.current()->render("portal/home", {}, "vi"));
        write("base/templates/portal/home.mustache", "well");
        CPPUNIT_ASSERT(store.switchTo("child").ok());
        CPPUNIT_ASSERT_EQUAL(std::string{"child"}, store.current()->name());
        CPPUNIT_ASSERT_THROW(ThemeStore(folder_.string(), "nowhere"), std::runtime_error);
    }

    void anUnknownPageIsABug() {
        CPPUNIT_ASSERT(!load("base")->has("nowhere"));
        CPPUNIT_ASSERT_THROW(load("base")->render("nowhere", {}, "vi"), std::logic_error);
    }

    fs::path folder_;
};

CPPUNIT_TEST_SUITE_REGISTRATION(ThemeTest);
