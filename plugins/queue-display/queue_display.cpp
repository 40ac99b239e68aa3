// Tells the boards of a hall who is called. All boards are told at the same time, so that one which is off
// delays no other; what a board has shown or said is remembered, so that nothing older and nothing twice
// follows.
#include "event.h"

#include "motcua/sdk/queue.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

using namespace motcua::sdk;

namespace {

constexpr std::int64_t rememberedMs = 24 * 3'600'000;
constexpr std::int64_t spareMs = 1'500; // for the other boards to be told and for the answer itself

struct Place {
    std::string url{};
    std::string name{};
};

Place placeOf(const std::string& text) {
    const std::size_t mark = text.find('#');
    const std::string url = text.substr(0, mark);
    if (mark != std::string::npos) return {url, text.substr(mark + 1)};
    const std::size_t from = url.find("://") + 3;
    return {url, url.substr(from, url.find('/', from) - from)};
}

template <typename T>
Json jsonOf(const T& value) {
    Blobs none; // no board holds any
    return Writer{none}.json(value);
}

} // namespace

class HttpDisplay final : public QueueDisplay {
public:
    explicit HttpDisplay(const Host& host) : host_(host) {}

    Result<ShownBoards> show(const Board& board, const Call& call) override {
        MOTCUA_SDK_TRY(places, find(board.board, call));
        MOTCUA_SDK_TRY(key, keyOf(call));
        return tell(places, [&](const Place& place) {
            Board mine = board;
            mine.board = place.name;
            return showOn(place, mine, key, call);
        });
    }

    Result<ShownBoards> announce(const Announcement& words, const Call& call) override {
        MOTCUA_SDK_TRY(places, find(words.board, call));
        MOTCUA_SDK_TRY(key, keyOf(call));
        const std::string id = display::digestOf(
            call.idempotencyKey.empty() ? host_.random(16) : call.profile + "|" + call.idempotencyKey);
        return tell(places, [&](const Place& place) {
            Announcement mine = words;
            mine.board = place.name;
            return sayOn(place, mine, id, key, call);
        });
    }

    // An event of its own, which shows nothing.
    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        const auto key = keyOf(call);
        const auto places = find("", call);
        if (!key || !places) {
            const Error& error = key ? places.error() : key.error();
            checked.findings.push_back({key ? "boards" : "signingKey", error.code, error.detail});
            return checked;
        }
        for (const Place& place : *places) {
            const auto told = post(place, display::digestOf(host_.random(16)), "queue.hello",
                                   Json::object().set("board", place.name), *key, call);
            if (told)
                checked.summary += (checked.summary.empty() ? "" : ", ") + place.name;
            else
                checked.findings.push_back(
                    {"boards", told.error().code, place.name + " " + told.error().detail});
        }
        return checked;
    }

private:
    Result<std::vector<Place>> find(const std::string& name, const Call& call) const {
        std::vector<Place> found;
        for (const Json& item : call.config["boards"].items()) {
            Place place = placeOf(item.string());
            if (name.empty() || place.name == name) found.push_back(std::move(place));
        }
        if (found.empty()) return notFound("queue.no_such_board");
        return found;
    }

    Result<std::string> keyOf(const Call& call) const {
        MOTCUA_SDK_TRY(text, host_.secret(call, "signingKey"));
        return display::signingKey(text);
    }

    // `one` for every board at the same time.
    static Result<ShownBoards> tell(const std::vector<Place>& places,
                                    const std::function<Result<void>(const Place&)>& one) {
        std::vector<Result<void>> results(places.size());
        {
            std::vector<std::jthread> threads;
            for (std::size_t i = 0; i < places.size(); ++i)
                threads.emplace_back([&, i] { results[i] = one(places[i]); });
        }
        ShownBoards shown;
        for (std::size_t i = 0; i < places.size(); ++i)
            if (!results[i]) shown.missing.push_back(places[i].name);
        if (shown.missing.size() < places.size()) return shown;
        return unavailable("queue.board_down", results[0].error().code + " " + results[0].error().detail);
    }

    Result<void> showOn(const Place& place, const Board& board, const std::string& key, const Call& call) {
        const auto turn = turnAt(place.url);
        const std::unique_lock lock{*turn, std::chrono::milliseconds{host_.remainingMs(call)}};
        if (!lock) return timeout("host.deadline", "the board is slow");
        const std::string shownKey = "shown/" + display::digestOf(call.profile + "|" + place.url);
        const auto before = host_.kvGet(call, shownKey);
        if (before && versionOf(before->value) > board.version) return {};
        const std::string id =
            display::digestOf(call.profile + "|" + place.url + "|" + std::to_string(board.version));
        MOTCUA_SDK_CHECK(post(place, id, "queue.board", jsonOf(board), key, call));
        if (before)
            note(call,
                 {shownKey, std::to_string(board.version), before->version, host_.nowMs() + rememberedMs});
        return {};
    }

    Result<void> sayOn(const Place& place, const Announcement& words, const std::string& id,
                       const std::string& key, const Call& call) {
        const auto turn = turnAt(place.url);
        const std::unique_lock lock{*turn, std::chrono::milliseconds{host_.remainingMs(call)}};
        if (!lock) return timeout("host.deadline", "the board is slow");
        const std::string saidKey = "said/" + display::digestOf(id + "|" + place.url);
        const auto before = host_.kvGet(call, saidKey);
        if (before && !before->value.empty()) return {};
        MOTCUA_SDK_CHECK(post(place, id, "queue.announcement", jsonOf(words), key, call));
        if (before && !call.idempotencyKey.empty())
            note(call, {saidKey, "said", before->version, host_.nowMs() + rememberedMs});
        return {};
    }

    Result<void> post(const Place& place, const std::string& id, const std::string& type, const Json& data,
                      const std::string& key, const Call& call) const {
        HttpRequest request = display::event(place.url, id, type, data, host_.nowMs(), key);
        request.trust = call.config["ca"].string();
        request.timeoutMs = std::clamp<std::int64_t>(host_.remainingMs(call) - spareMs, 1, 120'000);
        const auto answer = host_.http(call, request);
        if (!answer) return unavailable("queue.board_down", answer.error().code);
        if (answer->status < 200 || answer->status > 299)
            return unavailable("queue.board_down", "HTTP " + std::to_string(answer->status));
        return {};
    }

    // The board has it: that it may come again is no failure. Boards know a repetition by its id.
    void note(const Call& call, const KvWrite& put) const {
        const auto done = host_.kvPut(call, put);
        if (!done) host_.log(call, LogLevel::Warning, "queue.not_remembered", {{"code", done.error().code}});
    }

    static std::int64_t versionOf(const std::string& text) {
        std::int64_t version = -1;
        std::from_chars(text.data(), text.data() + text.size(), version);
        return version;
    }

    std::shared_ptr<std::timed_mutex> turnAt(const std::string& url) {
        const std::lock_guard lock{guard_};
        auto& turn = turns_[url];
        if (!turn) turn = std::make_shared<std::timed_mutex>();
        return turn;
    }

    Host host_;
    std::mutex guard_;
    std::map<std::string, std::shared_ptr<std::timed_mutex>> turns_;
};

MOTCUA_PLUGIN(HttpDisplay)
