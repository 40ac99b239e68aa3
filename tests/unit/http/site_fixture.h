// A whole site without sockets: a theme in a temporary folder, sessions in a map, and requests asked
// directly.
#pragma once

#include "base/bytes.h"
#include "http/page.h"
#include "http/site.h"

#include <cppunit/TestAssert.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace motcua::http::testing {

class TextBody final : public net::Body {
public:
    explicit TextBody(std::string text) : text_(std::move(text)) {}
    std::uint64_t size() const override { return text_.size(); }
    std::string read(std::uint64_t offset, std::size_t count) const override {
        return offset < text_.size() ? text_.substr(static_cast<std::size_t>(offset), count) : std::string{};
    }

private:
    std::string text_;
};

class MapSessions final : public SessionStore {
public:
    Result<std::optional<Actor>> bySession(const Context&, std::string_view hash) override {
        return find(sessions, hash);
    }
    Result<std::optional<Actor>> byBearer(const Context&, std::string_view hash) override {
        return find(bearers, hash);
    }

    std::map<std::string, Actor, std::less<>> sessions;
    std::map<std::string, Actor, std::less<>> bearers;
    bool down = false;

private:
    Result<std::optional<Actor>> find(const std::map<std::string, Actor, std::less<>>& all,
                                      std::string_view hash) const {
        if (down) return unavailable("db.unavailable", "the database is away");
        const auto at = all.find(hash);
        return at == all.end() ? std::optional<Actor>{} : at->second;
    }
};

class Folder {
public:
    Folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "site-XXXXXX").string();
        path = ::mkdtemp(pattern.data());
    }
    ~Folder() { std::filesystem::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    void write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories((path / name).parent_path());
        std::ofstream{path / name, std::ios::binary} << text;
    }
    std::filesystem::path path;
};

struct TestTheme : Folder {
    TestTheme() {
        write("t/theme.json", "{}");
        write("t/templates/layout.mustache",
              "<html lang=\"{{lang}}\"><title>{{title}}</title>{{#user}}<p>{{text}}</p>{{/user}}"
              "{{#notice}}<aside>{{text}}</aside>{{/notice}}{{#languages}}<a "
              "href=\"{{href}}\">{{code}}</a>{{/languages}}"
              "{{{body}}}</html>");
        write("t/templates/error.mustache",
              "<h1>{{code}} {{message}}</h1>{{#problems}}{{#items}}<li>{{text}}</li>{{/items}}{{/problems}}");
        write(
            "t/templates/form.mustache",
            "{{#error_summary}}{{#items}}<a href=\"{{href}}\">{{text}}</a>{{/items}}{{/error_summary}}"
            "<form><input name=\"csrf\" value=\"{{csrf}}\"><input name=\"once\" value=\"{{once}}\"></form>");
        write("t/templates/show.mustache", "<p title=\"{{value}}\">{{value}}</p>");
        write("t/templates/broken_at_run.mustache", "x");
        write(
            "t/i18n/vi.json",
            R"({"saved": "Đã lưu {what}", "error": {"invalid": "Nội dung chưa đúng", "not_found": "Không tìm thấy",
            "internal": "Hệ thống gặp lỗi", "denied": "Không có quyền", "dossier.stale": "Hồ sơ {code} đã đổi", "required": "Còn để trống",
            "unavailable": "Đang bận", "conflict": "Đã đổi", "too_large": "Quá lớn", "too_many": "Quá nhiều", "rejected": "Không được",
            "timeout": "Quá lâu", "unauthenticated": "Cần đăng nhập"}})");
        write("t/i18n/en.json", R"({"saved": "Saved {what}", "error": {"not_found": "Not found"}})");
        write("t/static/main-0123456789.css", std::string(3000, 'a'));
        write("t/static/main-0123456789.css.br", "brotli bytes");
        write("t/static/logo.svg", "<svg/>");
        write("secret.txt", "S3CRET");
    }
};

// One answer, with the reading that tests need.
struct Answer {
    net::Response raw;

    int status() const { return raw.status; }
    std::string_view header(std::string_view name) const { return raw.headers.get(name); }
    std::string body() const { return raw.shared ? *raw.shared : raw.body; }
    bool holds(std::string_view part) const { return body().find(part) != std::string::npos; }
    // The value of a cookie that the answer sets; "" where it sets none.
    std::string cookie(std::string_view name) const {
        for (const auto& [field, value] : raw.headers.fields())
            if (field == "Set-Cookie" && value.starts_with(std::string{name} + "="))
                return value.substr(name.size() + 1, value.find(';') - name.size() - 1);
        return {};
    }
    // The value of the hidden field of a form.
    std::string field(const std::string& name) const {
        const std::string text = body();
        const std::string mark = "name=\"" + name + "\" value=\"";
        const std::size_t at = text.find(mark);
        CPPUNIT_ASSERT_MESSAGE(name, at != std::string::npos);
        return text.substr(at + mark.size(), text.find('"', at + mark.size()) - at - mark.size());
    }
};

using HeaderList = std::vector<std::pair<std::string, std::string>>;

class SiteFixture {
public:
    explicit SiteFixture(SiteSettings settings = {})
        : themes{theme.path.string(), "t"},
          site{quiet(std::move(settings)), router, themes, sessions, clock} {}

    Answer ask(const std::string& method, const std::string& target, const HeaderList& headers = {},
               std::string body = {}, bool secure = false) {
        net::Request raw;
        raw.method = method;
        raw.path = percentDecode(target.substr(0, target.find('?')), false);
        raw.query = target.find('?') == std::string::npos ? "" : target.substr(target.find('?') + 1);
        raw.headers.add("Host", "mot.cua");
        for (const auto& [name, value] : headers)
            raw.headers.add(name, value);
        raw.body = std::make_shared<TextBody>(std::move(body));
        raw.peer = peer;
        raw.secure = secure;
        raw.received = clock.now();
        raw.deadline = Until::in(requestTime);
        return {site.handle(raw)};
    }
    Answer get(const std::string& target, const HeaderList& headers = {}) {
        return ask("GET", target, headers);
    }
    Answer post(const std::string& target, const std::string& body, HeaderList headers = {}) {
        headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
        return ask("POST", target, headers, body);
    }

    // A signed-in browser's Cookie field.
    std::string signIn(ActorKind kind = ActorKind::Citizen, const std::string& name = "Lê Văn Tám") {
        const std::string token = randomToken();
        sessions.sessions[hashToken(token)] = Actor{kind, "id-" + name, name, {}, {}};
        return "motcua=" + token;
    }
    static std::string tokenOf(const std::string& cookie) { return cookie.substr(cookie.find('=') + 1); }

    TestTheme theme;
    ManualClock clock{Instant{1'790'000'000'000}};
    Millis requestTime{30'000};
    view::ThemeStore themes;
    MapSessions sessions;
    Router router;
    Site site;
    std::string peer = "203.0.113.5";

private:
    static SiteSettings quiet(SiteSettings settings) {
        settings.accessLog = false;
        return settings;
    }
};

} // namespace motcua::http::testing
