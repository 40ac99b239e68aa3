// Our templates against kainjow's Mustache, written cases and generated ones, and against injection.
#include "view/program.h"

#include <cppunit/TestFixture.h>
#include <cppunit/extensions/HelperMacros.h>

#include <kainjow/mustache.hpp>

#include <map>
#include <random>

using namespace motcua;
using namespace motcua::view;

namespace {

namespace oracle = kainjow::mustache;

// The same content as both engines take it.
struct Both {
    Model ours;
    oracle::data theirs{oracle::data::type::object};

    void set(Key key, const std::string& text) {
        ours.set(key, text);
        theirs.set(std::string{key.text()}, text);
    }
    void set(Key key, bool truth) {
        ours.set(key, truth);
        theirs.set(std::string{key.text()}, truth);
    }
    void set(Key key, const Both& object) {
        ours.set(key, object.ours);
        theirs.set(std::string{key.text()}, object.theirs);
    }
    void set(Key key, const std::vector<Both>& objects) {
        List list;
        oracle::data items{oracle::data::type::list};
        for (const Both& object : objects) {
            list.emplace_back(object.ours);
            items.push_back(object.theirs);
        }
        ours.set(key, std::move(list));
        theirs.set(std::string{key.text()}, items);
    }
    void set(Key key, const std::vector<std::string>& texts) {
        List list;
        oracle::data items{oracle::data::type::list};
        for (const std::string& text : texts) {
            list.emplace_back(text);
            items.push_back(text);
        }
        ours.set(key, std::move(list));
        theirs.set(std::string{key.text()}, items);
    }
};

using Partials = std::map<std::string, std::string>;

Fixtures fixturesOf(const Partials& partials) {
    Fixtures fixtures;
    fixtures.partial = [&partials](std::string_view name) -> std::optional<std::string> {
        const auto at = partials.find(std::string{name});
        return at == partials.end() ? std::nullopt : std::optional{at->second};
    };
    return fixtures;
}

std::string render(const std::string& source, const Model& model, const Partials& partials = {}) {
    const auto program = Program::compile(source, fixturesOf(partials));
    return program ? (*program)->render(model) : "BROKEN " + program.error().detail;
}

std::string renderTheirs(const std::string& source, oracle::data data, const Partials& partials = {}) {
    for (const auto& [name, text] : partials)
        data.set(name, oracle::partial{[text = text] { return text; }});
    oracle::mustache made{source};
    if (!made.is_valid()) return "BROKEN";
    std::string out = made.render(data);
    return made.is_valid() ? out : "BROKEN";
}

Both sample() {
    Both item;
    item.set("name", "Nguyễn Thị <b>\"Én\"</b> & 'con'");
    item.set("empty", "");
    Both other;
    other.set("name", "Trần Văn B");
    other.set("yes", false);
    other.set("only", "here");
    Both deep;
    deep.set("inner", item);
    deep.set("x", "deep x");
    Both all;
    all.set("x", "outer x");
    all.set("lines", "a\nb\r\nc");
    all.set("yes", true);
    all.set("no", false);
    all.set("empty", "");
    all.set("rows", std::vector<Both>{item, other, item});
    all.set("none", std::vector<Both>{});
    all.set("tags", std::vector<std::string>{"một", "<hai>", ""});
    all.set("deep", deep);
    return all;
}

} // namespace

class ProgramTest : public CppUnit::TestFixture {
    CPPUNIT_TEST_SUITE(ProgramTest);
    CPPUNIT_TEST(writtenCasesAreAnsweredAsKainjowAnswersThem);
    CPPUNIT_TEST(generatedTemplatesAreAnsweredAsKainjowAnswersThem);
    CPPUNIT_TEST(brokenTemplatesAreNamed);
    CPPUNIT_TEST(partialsThatIncludeThemselvesAreRefused);
    CPPUNIT_TEST(everyTextIsEscapedInEveryPlace);
    CPPUNIT_TEST(templateTextInValuesIsNeverRun);
    CPPUNIT_TEST(themeTextsAreFilledFromTheModelAndEscaped);
    CPPUNIT_TEST(bodyIsRenderedInItsPlaceWithTheSameModels);
    CPPUNIT_TEST(plainTextTemplatesEscapeNothing);
    CPPUNIT_TEST(lentTextIsReadNotCopied);
    CPPUNIT_TEST(rowsOfDifferentShapeAreReadByName);
    CPPUNIT_TEST_SUITE_END();

    void same(const std::string& source, const Both& data, const Partials& partials = {}) {
        const std::string theirs = renderTheirs(source, data.theirs, partials);
        const std::string ours = render(source, data.ours, partials);
        if (theirs == "BROKEN") {
            CPPUNIT_ASSERT_MESSAGE("kainjow refuses, we do not: " + source, ours.starts_with("BROKEN"));
        } else {
            CPPUNIT_ASSERT_EQUAL_MESSAGE(source, theirs, ours);
        }
    }

    // The cases of the Mustache specification, as far as kainjow follows it.
    void writtenCasesAreAnsweredAsKainjowAnswersThem() {
        const Both data = sample();
        const Partials partials{{"row", "<li>{{name}}</li>\n"},
                                {"nested", "[{{>row}}]"},
                                {"blank", ""},
                                {"delims", "{{=| |=}}|x|"}};
        for (const char* source : {"",
                                   "plain",
                                   "{{x}}",
                                   "{{ x }}",
                                   "{{{x}}}",
                                   "{{& x}}",
                                   "{{missing}}",
                                   "{{}}",
                                   "a{{! comment }}b",
                                   "{{!\n many\n lines }}\n|",
                                   "{{#yes}}in{{/yes}}",
                                   "{{^yes}}in{{/yes}}",
                                   "{{#no}}in{{/no}}",
                                   "{{^no}}in{{/no}}",
                                   "{{^missing}}in{{/missing}}",
                                   "{{#empty}}a text is true{{/empty}}{{^empty}}never{{/empty}}",
                                   "{{#none}}x{{/none}}{{^none}}none{{/none}}",
                                   "{{#rows}}{{name}};{{/rows}}",
                                   "{{#rows}}{{x}},{{only}};{{/rows}}",
                                   "{{#rows}}{{#yes}}+{{/yes}}{{^yes}}-{{/yes}}{{/rows}}",
                                   "{{#tags}}({{.}}){{/tags}}",
                                   "{{#tags}}({{{.}}}){{/tags}}",
                                   "{{.}}",
                                   "{{#x}}{{.}}{{/x}}",
                                   "{{#yes}}[{{.}}]{{/yes}}",
                                   "{{deep.inner.name}}",
                                   "{{deep.inner.missing}}",
                                   "{{deep.x}} {{#deep}}{{x}} {{inner.name}}{{/deep}}",
                                   "{{#deep.inner}}{{name}}{{/deep.inner}}",
                                   "{{^deep.nothing}}no{{/deep.nothing}}",
                                   "{{x.}}",
                                   "{{.x}}",
                                   "{{x..y}}",
                                   "{{#rows}}\n- {{name}}\n{{/rows}}\nend",
                                   "  {{#yes}}  \nkept\n  {{/yes}}\t\nend\n",
                                   "a {{#yes}}\nkept\n{{/yes}} b\n",
                                   "{{#no}}\ngone\n{{/no}}\nend\n",
                                   "{{#yes}}\r\nkept\r\n{{/yes}}\r\nend\r\n",
                                   "\n{{#yes}}{{/yes}}\n\n{{#rows}}\n{{/rows}}\n",
                                   "{{#empty}}{{empty}}{{/empty}}\n.",
                                   "{{#yes}}{{lines}}{{/yes}}\n",
                                   "{{lines}}",
                                   "{{>row}}",
                                   "{{> nested }}",
                                   "{{#rows}}{{>row}}{{/rows}}",
                                   "  {{>row}}  \n",
                                   "{{>blank}}\n",
                                   "{{=<% %>=}}<% x %> {{x}}<%={{ }}=%>{{x}}",
                                   "{{=| |=}}|#rows||name||/rows|",
                                   "{{#yes}}{{=[ ]=}}[x][/yes]",
                                   "{{>delims}}{{x}}",
                                   "{{=<% %>=}}<%{x}%>",
                                   "{",
                                   "{{",
                                   "}}",
                                   "{{{",
                                   "}}}",
                                   "{x}",
                                   "{{ # yes }}ok{{ / yes }}",
                                   "{{\nx\n}}",
                                   "{{#yes}}{{#rows}}{{#deep}}{{x}}{{/deep}}{{/rows}}{{/yes}}",
                                   "\t{{#rows}} {{/rows}}\t\n",
                                   "{{#rows}} {{^none}}\n{{/none}}{{/rows}}",
                                   "{{^none}}{{.}}{{/none}}",
                                   "é{{x}}đ\n"})
            same(source, data, partials);
    }

    void generatedTemplatesAreAnsweredAsKainjowAnswersThem() {
        const Both data = sample();
        const Partials partials{{"row", "<li>{{name}}</li>\n"}, {"own", "{{#rows}}\n {{name}}{{/rows}}\n"}};
        const std::vector<std::string> names{
            "x",    "yes",  "no",    "rows", "none",    "tags", "deep", "deep.inner", "deep.inner.name",
            "name", "only", "empty", ".",    "missing", "lines"};
        const std::vector<std::string> texts{"\n",   " ",   "\t", "\r\n", "a", "<p>",
                                             "\n\n", "Đơn", "}",  "{",    "\r"};
        std::mt19937 random{20201};
        const auto one = [&](const std::vector<std::string>& from) { return from[random() % from.size()]; };
        for (int round = 0; round < 20000; ++round) {
            std::string source;
            std::vector<std::string> open;
            const std::size_t steps = 1 + random() % 14;
            for (std::size_t step = 0; step < steps; ++step) {
                switch (random() % 9) {
                case 0:
                    source += "{{" + one(names) + "}}";
                    break;
                case 1:
                    source += "{{{" + one(names) + "}}}";
                    break;
                case 2:
                case 3:
                    open.push_back(one(names));
                    source += (random() % 3 ? "{{#" : "{{^") + open.back() + "}}";
                    break;
                case 4:
                    if (!open.empty()) {
                        source += "{{/" + (random() % 40 ? open.back() : one(names)) + "}}";
                        open.pop_back();
                    }
                    break;
                case 5:
                    source += random() % 2 ? "{{>row}}" : "{{>own}}";
                    break;
                default:
                    source += one(texts);
                }
            }
            for (; !open.empty(); open.pop_back())
                source += "{{/" + open.back() + "}}" + (random() % 2 ? "\n" : "");
            same(source, data, partials);
        }
    }

    void brokenTemplatesAreNamed() {
        for (const char* source : {"{{x", "{{#a}}", "{{/a}}", "{{#a}}{{/b}}", "{{#a}}{{#b}}{{/a}}{{/b}}",
                                   "{{=x}}", "{{= = = =}}", "{{>nowhere}}", "{{{x}}"}) {
            const auto program = Program::compile(source, fixturesOf({}));
            CPPUNIT_ASSERT_MESSAGE(source, !program);
            CPPUNIT_ASSERT_EQUAL(std::string{"template.broken"}, program.error().code);
            CPPUNIT_ASSERT(!program.error().detail.empty());
        }
    }

    void partialsThatIncludeThemselvesAreRefused() {
        const Partials partials{{"a", "{{>b}}"}, {"b", "{{#x}}{{>c}}{{/x}}"}, {"c", "{{>a}}"}};
        const auto program = Program::compile("{{>a}}", fixturesOf(partials));
        CPPUNIT_ASSERT(!program);
        CPPUNIT_ASSERT(program.error().detail.find("includes itself") != std::string::npos);
    }

    // ASVS 1.2.1
    void everyTextIsEscapedInEveryPlace() {
        const std::string attack = "\"><svg onload=1>'&";
        const std::string safe = "&quot;&gt;&lt;svg onload=1&gt;&apos;&amp;";
        Model model;
        model.set("v", attack);
        model.object("o").set("v", attack);
        model.list("l").emplace_back(attack);
        model.add("rows").set("v", attack);
        model.add("rows").set("v", Lent{attack});
        const Partials partials{{"field", "<input value=\"{{v}}\">"}};
        const auto check = [&](const char* source) {
            const std::string out = render(source, model, partials);
            CPPUNIT_ASSERT_MESSAGE(out, out.find("<svg") == std::string::npos);
            CPPUNIT_ASSERT_MESSAGE(out, out.find(safe) != std::string::npos);
        };
        for (const char* source : {"{{v}}", "<a title='{{v}}'>", "{{o.v}}", "{{#o}}{{v}}{{/o}}",
                                   "{{#l}}{{.}}{{/l}}", "{{#rows}}{{v}}{{/rows}}", "{{>field}}",
                                   "{{#rows}}{{>field}}{{/rows}}", "{{#v}}{{.}}{{/v}}", "{{=<% %>=}}<%v%>"})
            check(source);
    }

    // ASVS 1.3.7
    void templateTextInValuesIsNeverRun() {
        Model model;
        model.set("secret", "S3CRET").set("v", "{{secret}} {{{secret}}} {{>p}} {{=<% %>=}}");
        CPPUNIT_ASSERT_EQUAL(std::string{"{{secret}} {{{secret}}} {{&gt;p}} {{=&lt;% %&gt;=}}"},
                             render("{{v}}", model));
    }

    void themeTextsAreFilledFromTheModelAndEscaped() {
        Fixtures fixtures;
        fixtures.text = [](std::string_view name) -> std::optional<std::string> {
            if (name == "t.greeting") return "Chào {name} & bạn {} {no name} {";
            if (name == "t.html") return "<b>{name}</b>";
            return std::nullopt;
        };
        Model model;
        model.set("name", "<An>");
        const auto program =
            Program::compile("{{t.greeting}}|{{{t.html}}}|{{#rows}}{{t.greeting}}{{/rows}}", fixtures);
        CPPUNIT_ASSERT_EQUAL(std::string{"Chào &lt;An&gt; &amp; bạn {} {no name} {|<b>&lt;An&gt;</b>|"},
                             (*program)->render(model));
    }

    void bodyIsRenderedInItsPlaceWithTheSameModels() {
        const auto layout = *Program::compile("<title>{{title}}</title>\n  {{{body}}}\n<i>{{site}}</i>", {});
        const auto page = *Program::compile("{{#yes}}\n<h1>{{title}} {{site}}</h1>\n{{/yes}}\n", {});
        Model model;
        model.set("title", "A&B").set("yes", true);
        Model outer;
        outer.set("site", "Một Cửa").set("title", "outer");
        CPPUNIT_ASSERT_EQUAL(
            std::string{"<title>A&amp;B</title>\n  <h1>A&amp;B Một Cửa</h1>\n\n<i>Một Cửa</i>"},
            layout->render(model, &outer, page.get()));
        model.set("body", "its own");
        CPPUNIT_ASSERT_EQUAL(std::string{"<title>A&amp;B</title>\n  its own\n<i>Một Cửa</i>"},
                             layout->render(model, &outer));
    }

    void plainTextTemplatesEscapeNothing() {
        Model model;
        model.set("name", "Tý & Sửu");
        CPPUNIT_ASSERT_EQUAL(std::string{"Tý & Sửu"},
                             (*Program::compile("{{name}}", {}, Escape::None))->render(model));
    }

    void lentTextIsReadNotCopied() {
        const std::string text = "lent text that is longer than any small string";
        const Value value = Lent{text};
        CPPUNIT_ASSERT(value.text()->data() == text.data());
    }

    void rowsOfDifferentShapeAreReadByName() {
        Model model;
        model.add("rows").set("a", 1).set("b", 2);
        model.add("rows").set("b", 3).set("a", 4);
        model.add("rows").set("b", 5);
        model.set("a", "outer");
        CPPUNIT_ASSERT_EQUAL(std::string{"1,2;4,3;outer,5;"},
                             render("{{#rows}}{{a}},{{b}};{{/rows}}", model));
        Model twice;
        twice.set("k", "old").set("k", "new").setUnlessEmpty("e", "");
        CPPUNIT_ASSERT_EQUAL(std::string{"new none"}, render("{{k}} {{^e}}none{{/e}}", twice));
    }
};

CPPUNIT_TEST_SUITE_REGISTRATION(ProgramTest);
