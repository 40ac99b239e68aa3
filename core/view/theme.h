// A theme as loaded: its templates, words and asset names, with what it inherits from its parents.
#pragma once

#include "view/program.h"
#include "view/words.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::view {

// Immutable. A theme is a folder:
//   theme.json            {"name": "…", "parent": "default" or null, "title": {"vi": "…", "en": "…"}}
//   templates/**.mustache pages; the name is the path without the extension: "portal/home"
//   templates/partials/   {{>name}}
//   i18n/<locale>.json    words
//   static/manifest.json  {"main.css": "main-1a2b.css"}: {{asset.main_css}} is "/static/main-1a2b.css"
// and whatever file it lacks is its parent's; words are merged key by key. A template whose name ends in
// ".txt" is plain text and escapes nothing.
class Theme {
public:
    // The theme `name` of `folder`. Invalid or NotFound "theme.…" with the file and what is wrong in
    // `detail`.
    static Result<std::shared_ptr<const Theme>> load(const std::string& folder, const std::string& name);

    const std::string& name() const { return name_; }
    std::vector<std::string> locales() const;
    // "en" where the theme speaks it, else "vi".
    std::string localeOr(std::string_view wanted) const;
    const Words& words(std::string_view locale) const;
    bool has(std::string_view page) const;
    std::vector<std::string> pages() const;
    // Whether the page (not its layout) names `name`: "csrf" tells that it holds a form.
    bool mentions(std::string_view page, std::string_view name) const;

    // The page alone: fragments, mails. An unknown page is a bug: std::logic_error. [thread-safe]
    std::string render(std::string_view page, const Model& model, std::string_view locale) const;
    // The page as {{{body}}} of `layout` ("": the page alone); both read `model`, then `outer` (lang,
    // navigation, csrf…).
    std::string renderPage(std::string_view page, const Model& model, const Model& outer,
                           std::string_view locale, std::string_view layout = "layout") const;

    // static/ of the theme and its parents, nearest first.
    const std::vector<std::string>& staticFolders() const { return staticFolders_; }
    // "/static/main-1a2b.css" for "main.css"; "" where there is none.
    std::string asset(std::string_view logical) const;

private:
    using Sources = std::map<std::string, std::string, std::less<>>; // name → text
    struct Speech {
        std::shared_ptr<Words> words;
        std::map<std::string, std::shared_ptr<const Program>, std::less<>> pages;
    };

    void separatePartials();
    Result<void> readChain(const std::string& folder, const std::string& name);
    Result<void> readWords(const std::string& folder);
    Result<void> readManifest(const std::string& folder);
    Result<void> compile(const std::string& locale, Speech& speech);
    const Program& page(std::string_view name, std::string_view locale) const;
    const Speech& speech(std::string_view locale) const;

    std::string name_;
    std::vector<std::string> chain_; // folders of the theme and its parents, nearest first
    std::vector<std::string> staticFolders_;
    Sources templates_;
    Sources partials_;
    std::map<std::string, std::string, std::less<>> assets_; // "main_css" → "/static/main-1a2b.css"
    std::map<std::string, Speech, std::less<>> speeches_;    // by locale
};

// The theme that is served, replaced as a whole. [thread-safe]
class ThemeStore {
public:
    // Throws std::runtime_error where the theme cannot be loaded: there is nothing to serve.
    ThemeStore(std::string folder, std::string name);

    std::shared_ptr<const Theme> current() const;
    // Loads again; what was served stays where the new state is broken.
    Result<void> reload();
    Result<void> switchTo(const std::string& name);
    // Reloads where a file of the theme has changed since it was loaded; true where it did.
    Result<bool> reloadIfChanged();

private:
    std::string fingerprint() const;
    Result<void> take(const std::string& name);

    std::string folder_;
    mutable std::mutex guard_;
    std::shared_ptr<const Theme> current_;
    std::string seen_; // fingerprint of what is served
};

} // namespace motcua::view
