#include "signing/evidence.h"

#include "base/bytes.h"
#include "base/log.h"
#include "signing/authority_http.h"

#include <algorithm>

namespace motcua::signing {

namespace {

constexpr Millis kRemembered = std::chrono::minutes{10};
constexpr Millis kSilence = std::chrono::minutes{1};
constexpr std::size_t kMostKnown = 500;
constexpr std::size_t kMostBytes = 8u << 20; // lists of big authorities have megabytes

void addNew(std::vector<std::string>& into, const std::vector<std::string>& from) {
    for (const std::string& one : from)
        if (std::find(into.begin(), into.end(), one) == into.end()) into.push_back(one);
}

} // namespace

void Evidence::add(const Evidence& other) {
    addNew(certificates, other.certificates);
    addNew(answers, other.answers);
    addNew(lists, other.lists);
    unanswered = unanswered || other.unanswered;
}

std::string AuthorityDesk::ask(const std::string& url, const std::string& type, const std::string& body,
                               Millis time) {
    const std::string key = url + "\n" + toHex(sha256(body));
    const Instant now = clock_.now();
    {
        const std::lock_guard lock{guard_};
        const auto found = known_.find(key);
        if (found != known_.end() && now < found->second.until) return found->second.answer;
    }
    AuthorityQuestion question;
    question.url = url;
    question.type = type;
    question.body = body;
    question.mostBytes = kMostBytes;
    question.time = time;
    question.publicOnly = std::find(inside_.begin(), inside_.end(), authorityHost(url)) == inside_.end();
    auto answer = askAuthority(question);
    if (!answer) log::info("signing.authority_silent", {{"url", url}, {"why", answer.error().detail}});
    const std::lock_guard lock{guard_};
    if (known_.size() >= kMostKnown) known_.clear();
    Known& known = known_[key];
    known.until = now + (answer ? kRemembered : kSilence);
    known.answer = answer ? std::move(*answer) : std::string{};
    return known.answer;
}

} // namespace motcua::signing
