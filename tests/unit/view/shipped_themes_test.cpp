// Every theme that ships loads whole, and none of its pages breaks on an empty model.
#include "view/theme.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <filesystem>

using namespace motcua;
using namespace motcua::view;

class ShippedThemesTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ShippedThemesTest);
    CPPUNIT_TEST(everyThemeLoadsAndEveryPageRenders);
    CPPUNIT_TEST(everyFormHoldsTheTokenOfItsSession);
    CPPUNIT_TEST_SUITE_END();

    static std::vector<std::shared_ptr<const Theme>> all() {
        std::vector<std::shared_ptr<const Theme>> themes;
        for (const auto& entry : std::filesystem::directory_iterator{"themes"}) {
            if (!std::filesystem::exists(entry.path() / "theme.json")) continue;
            auto theme = Theme::load("themes", entry.path().filename().string());
            CPPUNIT_ASSERT_MESSAGE(theme ? "" : theme.error().detail, theme.ok());
            themes.push_back(*theme);
        }
        CPPUNIT_ASSERT(themes.size() >= 2);
        return themes;
    }

    void everyThemeLoadsAndEveryPageRenders() {
        for (const auto& theme : all())
            for (const std::string& locale : theme->locales())
                for (const std::string& page : theme->pages())
                    CPPUNIT_ASSERT_MESSAGE(page, page == "layout" ||
                                                     !theme->renderPage(page, {}, {}, locale).empty());
    }

    // ASVS 3.5.1
    void everyFormHoldsTheTokenOfItsSession() {
        Model model;
        model.set("csrf", "TOKEN").set("token", "TOKEN").set("user", true);
        int forms = 0;
        for (const auto& theme : all())
            for (const std::string& page : theme->pages()) {
                const std::string html = theme->renderPage(page, {}, model, "vi");
                for (std::size_t at = html.find("method=\"post\""); at != std::string::npos;
                     at = html.find("method=\"post\"", at + 1)) {
                    ++forms;
                    const std::string form = html.substr(at, html.find("</form>", at) - at);
                    CPPUNIT_ASSERT_MESSAGE(page + ": " + form,
                                           form.find("value=\"TOKEN\"") != std::string::npos);
                }
            }
        CPPUNIT_ASSERT(forms > 20);
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ShippedThemesTest);
