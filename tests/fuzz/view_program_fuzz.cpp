// Templates of any bytes: they compile or are refused by name, and what they show of a value is escaped.
#include "view/program.h"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace motcua;
using namespace motcua::view;

namespace {

const Model& model() {
    static const Model made = [] {
        Model all;
        all.set("a", "<script>").set("yes", true).set("no", false);
        all.add("rows").set("a", "<script>").set("b", "2");
        all.add("rows").set("b", "<script>");
        all.list("tags").emplace_back("<script>");
        all.object("o").set("a", "<script>");
        return all;
    }();
    return made;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view source{reinterpret_cast<const char*>(data), size};
    Fixtures fixtures;
    fixtures.partial = [](std::string_view name) -> std::optional<std::string> {
        return name == "p" ? std::optional<std::string>{"{{#rows}}\n {{a}}{{/rows}}\n"} : std::nullopt;
    };
    fixtures.text = [](std::string_view name) -> std::optional<std::string> {
        return name == "t.w" ? std::optional<std::string>{"word {a}"} : std::nullopt;
    };
    const auto program = Program::compile(source, fixtures);
    if (!program) {
        if (program.error().detail.empty()) std::abort();
        return 0;
    }
    const std::string page = (*program)->render(model());
    // Only what a template says raw, or writes itself, may hold a tag.
    const bool raw = source.find("{{{") != std::string_view::npos ||
                     source.find('&') != std::string_view::npos ||
                     source.find('<') != std::string_view::npos || source.find("=") != std::string_view::npos;
    if (!raw && page.find('<') != std::string::npos) {
        std::fprintf(stderr, "broken rule: every value is escaped\n");
        std::abort();
    }
    return 0;
}
