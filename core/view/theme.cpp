#include "view/theme.h"

#include "base/bytes.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace motcua::view {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view templateEnding = ".mustache";
constexpr std::string_view staticPath = "/static/";

Error broken(const fs::path& file, const std::string& what) {
    return {ErrorKind::Invalid, "theme.broken", file.string() + ": " + what};
}

Result<std::string> readFile(const fs::path& path) {
    std::ifstream in{path, std::ios::binary};
    std::ostringstream text;
    if (!in || !(text << in.rdbuf())) {
        // An empty file leaves nothing to copy, which a stream calls a failure.
        std::error_code unknown;
        if (in && fs::file_size(path, unknown) == 0 && !unknown) return std::string{};
        return broken(path, "cannot be read");
    }
    return std::move(text).str();
}

Result<Json> readJson(const fs::path& path) {
    MOTCUA_TRY(text, readFile(path));
    auto json = Json::parse(text, {.bytes = 4 << 20, .depth = 16});
    if (!json) return broken(path, json.error().code + " " + json.error().detail);
    return json;
}

// Adds the templates below `folder` to `into`, over what is there.
Result<void> readTemplates(const fs::path& folder, std::map<std::string, std::string, std::less<>>& into) {
    std::error_code none;
    for (const auto& entry : fs::recursive_directory_iterator{folder, none}) {
        if (!entry.is_regular_file() || entry.path().extension() != templateEnding) continue;
        MOTCUA_TRY(text, readFile(entry.path()));
        const std::string relative = fs::relative(entry.path(), folder).generic_string();
        into[relative.substr(0, relative.size() - templateEnding.size())] = std::move(text);
    }
    return {};
}

// The name of an asset as a template says it: "main.css" is {{asset.main_css}}.
std::string assetKey(std::string_view logical) {
    std::string key{logical};
    std::replace_if(
        key.begin(), key.end(), [](char c) { return c == '.' || c == '-' || c == '/'; }, '_');
    return key;
}

bool isThemeName(std::string_view name) {
    return !name.empty() &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

} // namespace

Result<std::shared_ptr<const Theme>> Theme::load(const std::string& folder, const std::string& name) {
    const auto theme = std::make_shared<Theme>();
    theme->name_ = name;
    MOTCUA_CHECK(theme->readChain(folder, name));
    // The farthest parent first, so that the nearest has the last word.
    for (auto at = theme->chain_.rbegin(); at != theme->chain_.rend(); ++at) {
        MOTCUA_CHECK(readTemplates(fs::path{*at} / "templates", theme->templates_));
        MOTCUA_CHECK(theme->readWords(*at));
        MOTCUA_CHECK(theme->readManifest(*at));
    }
    theme->separatePartials();
    if (!theme->speeches_.contains("vi")) return broken(folder + "/" + name, "no i18n/vi.json");
    for (auto& [locale, speech] : theme->speeches_) {
        if (locale != "vi") speech.words->fallBackTo(theme->speeches_.at("vi").words);
        MOTCUA_CHECK(theme->compile(locale, speech));
    }
    return std::shared_ptr<const Theme>{theme};
}

void Theme::separatePartials() {
    const std::string_view folder = "partials/";
    for (auto at = templates_.begin(); at != templates_.end();) {
        if (!at->first.starts_with(folder)) {
            ++at;
            continue;
        }
        partials_.emplace(at->first.substr(folder.size()), std::move(at->second));
        at = templates_.erase(at);
    }
}

Result<void> Theme::readChain(const std::string& folder, const std::string& name) {
    for (std::string at = name; !at.empty();) {
        if (!isThemeName(at)) return Error{ErrorKind::Invalid, "theme.bad_name", at};
        const fs::path place = fs::path{folder} / at;
        if (!fs::exists(place / "theme.json"))
            return Error{ErrorKind::NotFound, "theme.unknown", (place / "theme.json").string()};
        if (std::find(chain_.begin(), chain_.end(), place.string()) != chain_.end())
            return broken(place, "inherits from itself");
        chain_.push_back(place.string());
        if (fs::exists(place / "static")) staticFolders_.push_back((place / "static").string());
        MOTCUA_TRY(json, readJson(place / "theme.json"));
        at = json["parent"].string();
    }
    return {};
}

Result<void> Theme::readWords(const std::string& folder) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator{fs::path{folder} / "i18n", none}) {
        if (entry.path().extension() != ".json") continue;
        MOTCUA_TRY(json, readJson(entry.path()));
        auto& words = speeches_[entry.path().stem().string()].words;
        if (!words) words = std::make_shared<Words>();
        const auto added = words->add(json);
        if (!added) return broken(entry.path(), added.error().detail);
    }
    return {};
}

Result<void> Theme::readManifest(const std::string& folder) {
    const fs::path file = fs::path{folder} / "static" / "manifest.json";
    if (!fs::exists(file)) return {};
    MOTCUA_TRY(json, readJson(file));
    for (const auto& [logical, hashed] : json.members())
        assets_[assetKey(logical)] = std::string{staticPath} + hashed.string();
    return {};
}

Result<void> Theme::compile(const std::string& locale, Speech& speech) {
    const Words& words = *speech.words;
    Fixtures fixtures;
    fixtures.partial = [&](std::string_view name) -> std::optional<std::string> {
        const auto at = partials_.find(name);
        return at == partials_.end() ? std::nullopt : std::optional{at->second};
    };
    fixtures.text = [&](std::string_view name) -> std::optional<std::string> {
        if (name.starts_with("t.")) return words.say(name.substr(2));
        if (!name.starts_with("asset.")) return std::nullopt;
        const auto at = assets_.find(name.substr(6));
        return at == assets_.end() ? std::string{} : at->second;
    };
    for (const auto& [name, source] : templates_) {
        const Escape escape = name.ends_with(".txt") ? Escape::None : Escape::Html;
        auto program = Program::compile(source, fixtures, escape);
        if (!program) return broken(name_ + "/templates/" + name, locale + ": " + program.error().detail);
        speech.pages.emplace(name, std::move(*program));
    }
    return {};
}

std::vector<std::string> Theme::locales() const {
    std::vector<std::string> all;
    for (const auto& [locale, speech] : speeches_)
        all.push_back(locale);
    return all;
}

std::string Theme::localeOr(std::string_view wanted) const {
    return speeches_.contains(wanted) ? std::string{wanted} : "vi";
}

const Theme::Speech& Theme::speech(std::string_view locale) const {
    const auto at = speeches_.find(locale);
    return at == speeches_.end() ? speeches_.find("vi")->second : at->second;
}

const Words& Theme::words(std::string_view locale) const {
    return *speech(locale).words;
}

std::vector<std::string> Theme::pages() const {
    std::vector<std::string> all;
    for (const auto& [name, source] : templates_)
        all.push_back(name);
    return all;
}

bool Theme::has(std::string_view page) const {
    return templates_.contains(page);
}

bool Theme::mentions(std::string_view name, std::string_view what) const {
    return page(name, "vi").mentions(what);
}

const Program& Theme::page(std::string_view name, std::string_view locale) const {
    const auto& pages = speech(locale).pages;
    const auto at = pages.find(name);
    if (at == pages.end())
        throw std::logic_error("theme " + name_ + " has no template \"" + std::string{name} + "\"");
    return *at->second;
}

std::string Theme::render(std::string_view name, const Model& model, std::string_view locale) const {
    Model outer;
    outer.set("lang", localeOr(locale));
    return page(name, locale).render(model, &outer);
}

std::string Theme::renderPage(std::string_view name, const Model& model, const Model& outer,
                              std::string_view locale, std::string_view layout) const {
    const Program& content = page(name, locale);
    return layout.empty() ? content.render(model, &outer)
                          : page(layout, locale).render(model, &outer, &content);
}

std::string Theme::asset(std::string_view logical) const {
    const auto at = assets_.find(assetKey(logical));
    return at == assets_.end() ? std::string{} : at->second;
}

ThemeStore::ThemeStore(std::string folder, std::string name) : folder_(std::move(folder)) {
    const auto taken = take(name);
    if (!taken)
        throw std::runtime_error("theme \"" + name + "\" of " + folder_ + ": " + taken.error().code + ": " +
                                 taken.error().detail);
}

std::shared_ptr<const Theme> ThemeStore::current() const {
    const std::lock_guard lock{guard_};
    return current_;
}

Result<void> ThemeStore::take(const std::string& name) {
    // Taken before reading: a file that changes meanwhile is seen as changed the next time.
    std::string seen = fingerprint();
    MOTCUA_TRY(theme, Theme::load(folder_, name));
    const std::lock_guard lock{guard_};
    current_ = std::move(theme);
    seen_ = std::move(seen);
    return {};
}

Result<void> ThemeStore::reload() {
    return take(current()->name());
}

Result<void> ThemeStore::switchTo(const std::string& name) {
    return take(name);
}

Result<bool> ThemeStore::reloadIfChanged() {
    const std::string name = current()->name();
    {
        const std::string now = fingerprint();
        const std::lock_guard lock{guard_};
        if (now == seen_) return false;
    }
    MOTCUA_CHECK(take(name));
    return true;
}

// Names, sizes and times of every file that a loaded theme depends on: all themes of the folder but what only
// their build needs.
std::string ThemeStore::fingerprint() const {
    std::vector<std::string> files;
    std::error_code none;
    auto walk = fs::recursive_directory_iterator{folder_, none};
    for (auto at = fs::begin(walk); at != fs::end(walk); at.increment(none)) {
        if (at->path().filename() == "node_modules") at.disable_recursion_pending();
        if (!at->is_regular_file(none)) continue;
        files.push_back(at->path().string() + " " + std::to_string(at->file_size(none)) + " " +
                        std::to_string(at->last_write_time(none).time_since_epoch().count()));
    }
    std::sort(files.begin(), files.end());
    std::string all;
    for (const auto& file : files)
        all += file + "\n";
    return sha256(all);
}

} // namespace motcua::view
