#include "link.h"

#include "motcua/sdk/tls.h"

#include <algorithm>
#include <exception>

#include <poll.h>
#include <sys/eventfd.h>

namespace smpp {

namespace {

using namespace motcua::sdk;

constexpr std::int64_t connectMs = 15'000, writeMs = 10'000, answerMs = 10'000, heldMs = 5'000;
constexpr std::int64_t firstPauseMs = 500, longestPauseMs = 60'000, refusedPauseMs = 60'000;
constexpr std::int64_t firstThrottleMs = 500, longestThrottleMs = 30'000;
constexpr int patienceMs = 3'000;
constexpr std::size_t mostHeld = 1000;

// What breaks on the way is the other side's to mend.
Error lost(const Error& error) {
    if (error.status != Status::Unavailable && error.status != Status::NotFound &&
        error.status != Status::Timeout)
        return error;
    return unavailable("message.provider_down", error.code + " " + error.detail);
}

std::string hex(std::uint32_t status) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out = "0x";
    for (int shift = 28; shift >= 0; shift -= 4)
        if (out.size() > 2 || (status >> shift) != 0 || shift == 0) out += digits[(status >> shift) & 15];
    return out;
}

Error bindRefused(std::uint32_t status) {
    const std::string detail = "bind_transceiver " + hex(status);
    if (status == bindFailed || status == invalidPassword || status == invalidSystemId)
        return denied("message.login_refused", detail);
    if (status == alreadyBound)
        return unavailable("message.provider_down", detail + ": this account is bound already");
    return unavailable("message.provider_down", detail);
}

// The answer to the bind; an enquire_link before it is answered.
Result<void> awaitBind(Bound& bound) {
    while (true) {
        while (auto pdu = bound.framer.next()) {
            if (pdu->command == (bindTransceiver | response) || pdu->command == genericNack) {
                if (pdu->status != ok) return bindRefused(pdu->status);
                if (pdu->command == genericNack) return bindRefused(unknownError);
                return {};
            }
            if (pdu->command == enquireLink)
                MOTCUA_SDK_CHECK(
                    bound.stream->write(encode({enquireLink | response, ok, pdu->sequence, {}})));
        }
        if (bound.framer.broken()) return unavailable("message.provider_down", "what came is no SMPP");
        MOTCUA_SDK_TRY(bytes, bound.stream->read(16'384));
        if (bytes.empty()) return unavailable("message.provider_down", "the centre closed the connection");
        bound.framer.feed(bytes);
    }
}

} // namespace

Result<Bound> bindTo(const Host& host, const Call& call, const Account& account, Deadline deadline) {
    auto socket = host.connect(call, account.host, account.port);
    if (!socket) return lost(socket.error());
    Bound bound;
    bound.fd = socket->fd();
    if (account.tls) {
        auto tls = TlsStream::open(std::move(*socket), account.host, account.trust, deadline);
        if (!tls) return lost(tls.error());
        bound.protocol = (*tls)->protocol();
        bound.stream = std::move(*tls);
    } else {
        bound.stream = std::make_unique<Stream>(std::move(*socket), deadline);
    }
    const auto said = bound.stream->write(
        encode({bindTransceiver, ok, 1, bindBody(account.systemId, account.password, account.systemType)}));
    if (!said) return lost(said.error());
    const auto answer = awaitBind(bound);
    if (!answer) return lost(answer.error());
    return bound;
}

Link::Link(const Host& host, std::string profile, Account account, Handlers handlers)
    : host_(host),
      profile_(std::move(profile)),
      account_(std::move(account)),
      handlers_(std::move(handlers)),
      wakeFd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    thread_ = std::thread{[this] { run(); }};
}

Link::~Link() {
    {
        const std::lock_guard lock{guard_};
        stopping_ = true;
    }
    changed_.notify_all();
    wake();
    thread_.join();
    ::close(wakeFd_);
}

void Link::wake() {
    const std::uint64_t one = 1;
    // Full means that it is awake already.
    if (::write(wakeFd_, &one, sizeof one) < 0) return;
}

Result<std::string> Link::ready(Deadline deadline) {
    std::unique_lock lock{guard_};
    const int before = attempts_;
    const auto settled = [&] { return bound_ || stopping_ || attempts_ != before; };
    // A login that was refused is not tried again by each message.
    if (!bound_ && lastError_ && lastError_->status == Status::Denied) return *lastError_;
    // Where the last attempt failed the next one may be a minute away: that is for the caller to wait.
    const int patience = lastError_ ? std::min(deadline.leftMs(), patienceMs) : deadline.leftMs();
    changed_.wait_for(lock, std::chrono::milliseconds{patience}, settled);
    if (bound_) return protocol_;
    if (lastError_) return *lastError_;
    return unavailable("message.provider_down", "the centre did not answer yet");
}

void Link::submit(const std::vector<Shared>& all) {
    std::unique_lock lock{guard_};
    if (!bound_) { // since ready() said that it is
        for (const Shared& one : all)
            finish(one, lastError_.value_or(unavailable("message.provider_down", "switched off")));
        return;
    }
    queue_.insert(queue_.end(), all.begin(), all.end());
    wake();
    changed_.wait(lock, [&] {
        return std::all_of(all.begin(), all.end(), [](const Shared& one) { return one->done; });
    });
}

// guard_ is held.
void Link::finish(const Shared& one, std::optional<Error> error, std::uint32_t status) {
    one->error = std::move(error);
    one->status = status;
    one->done = true;
    changed_.notify_all();
}

// guard_ is held.
void Link::failAll(const Error& error) {
    for (const Shared& one : queue_)
        finish(one, error);
    for (const auto& [sequence, one] : flying_)
        finish(one, error);
    queue_.clear();
    flying_.clear();
}

void Link::run() {
    Call call;
    call.profile = profile_;
    while (true) {
        std::optional<Error> error;
        bool wasBound = false;
        try {
            auto bound = bindTo(host_, call, account_, Deadline::in(connectMs));
            wasBound = bound.ok();
            error = bound ? serve(*bound) : bound.error();
        } catch (const std::exception& exception) {
            error = unavailable("message.provider_down", exception.what());
        }
        std::unique_lock lock{guard_};
        bound_ = false;
        lastError_ = error;
        attempts_ = wasBound ? 0 : attempts_ + 1;
        failAll(*error);
        changed_.notify_all();
        if (stopping_) return;
        std::int64_t pause = firstPauseMs << std::min(wasBound ? 0 : attempts_, 7);
        pause = error->status == Status::Denied ? refusedPauseMs : std::min(pause, longestPauseMs);
        host_.log(call, LogLevel::Warning, "smpp.link_down",
                  {{"profile", profile_}, {"why", error->code + " " + error->detail}, {"pause_ms", pause}});
        changed_.wait_for(lock, std::chrono::milliseconds{pause}, [this] { return stopping_; });
        if (stopping_) return;
    }
}

Error Link::serve(Bound& bound) {
    {
        const std::lock_guard lock{guard_};
        bound_ = true;
        protocol_ = bound.protocol;
        lastError_.reset();
        attempts_ = 0;
    }
    changed_.notify_all();
    throttled_ = 0;
    sequence_ = 1; // the bind's
    held_.clear();
    enquired_ = false;
    enquireAt_ = Deadline::in(account_.enquireSeconds * 1000);
    while (true) {
        {
            const std::lock_guard lock{guard_};
            if (stopping_) break;
        }
        if (auto broken = takeIn(bound)) return *broken;
        for (const auto& done : {settleHeld(bound), sendOut(bound), keepAlive(bound)})
            if (!done) return lost(done.error());
        pollfd waited[] = {{bound.fd, POLLIN, 0}, {wakeFd_, POLLIN, 0}};
        ::poll(waited, 2, nextEventMs());
        std::uint64_t count = 0;
        if ((waited[1].revents & POLLIN) != 0 && ::read(wakeFd_, &count, sizeof count) < 0) continue;
    }
    bound.stream->setDeadline(Deadline::in(0)); // a centre that does not read now is left without a goodbye
    const auto goodbye = bound.stream->write(encode({unbind, ok, nextSequence(), {}}));
    return unavailable("message.provider_down", goodbye ? "switched off" : "switched off, without a goodbye");
}

// All that has come until now.
std::optional<Error> Link::takeIn(Bound& bound) {
    while (true) {
        while (auto pdu = bound.framer.next())
            if (auto broken = handle(bound, *pdu)) return broken;
        if (bound.framer.broken()) {
            const auto told = write(bound, {genericNack, invalidCommandLength, 0, {}});
            return unavailable("message.provider_down", told ? "a packet of an impossible length"
                                                             : "a packet of an impossible length; no answer");
        }
        bound.stream->setDeadline(Deadline::in(0));
        auto bytes = bound.stream->read(16'384);
        if (!bytes && bytes.error().status == Status::Timeout) return std::nullopt; // no more for now
        if (!bytes) return lost(bytes.error());
        if (bytes->empty()) return unavailable("message.provider_down", "the centre closed the connection");
        bound.framer.feed(*bytes);
        enquired_ = false; // it lives
        enquireAt_ = Deadline::in(account_.enquireSeconds * 1000);
    }
}

std::optional<Error> Link::handle(Bound& bound, const Pdu& pdu) {
    Result<void> done;
    switch (pdu.command) {
    case deliverSm:
        done = deliver(bound, pdu);
        break;
    case enquireLink:
        done = write(bound, {enquireLink | response, ok, pdu.sequence, {}});
        break;
    case unbind:
        done = write(bound, {unbind | response, ok, pdu.sequence, {}});
        return unavailable("message.provider_down", done ? "the centre said goodbye" : "the centre left");
    case submitSm | response:
    case genericNack:
        answered(pdu);
        break;
    default:
        if ((pdu.command & response) == 0)
            done = write(bound, {genericNack, invalidCommand, pdu.sequence, {}});
        break;
    }
    if (!done) return lost(done.error());
    return std::nullopt;
}

void Link::answered(const Pdu& pdu) {
    Shared one;
    {
        const std::lock_guard lock{guard_};
        const auto found = flying_.find(pdu.sequence);
        if (found == flying_.end()) return; // to nothing that we asked, or too late
        one = found->second;
        flying_.erase(found);
    }
    if (pdu.status == throttled || pdu.status == queueFull) {
        slowDown();
        const std::lock_guard lock{guard_};
        queue_.push_front(one);
        return;
    }
    throttled_ = 0;
    std::uint32_t status = pdu.status;
    if (pdu.command == genericNack && status == ok) status = unknownError;
    if (status == ok) {
        constexpr std::size_t longestId = 64;
        const auto id = leadingText(pdu.body, longestId);
        if (id && !id->empty()) handlers_.accepted(one->note, *id);
    }
    const std::lock_guard lock{guard_};
    finish(one, std::nullopt, status);
}

// ESME_RTHROTTLED, ESME_RMSGQFUL: nobody submits for a while, each time longer.
void Link::slowDown() {
    if (mayFlyAt_.leftMs() > 0 && throttled_ > 0) return; // the rest of the same window
    mayFlyAt_ = Deadline::in(std::min(firstThrottleMs << std::min(throttled_, 10), longestThrottleMs));
    ++throttled_;
}

Result<void> Link::deliver(Bound& bound, const Pdu& pdu) {
    const auto message = readMessage(pdu.body);
    if (!message) return write(bound, {deliverSm | response, invalidLength, pdu.sequence, {}});
    const Taken taken = handlers_.delivered(*message);
    if (taken == Taken::Unknown && held_.size() < mostHeld) {
        held_.push_back({*message, pdu.sequence, Deadline::in(heldMs)});
        return {};
    }
    const std::uint32_t status = taken == Taken::Later ? temporaryError : ok;
    return write(bound, {deliverSm | response, status, pdu.sequence, std::string(1, '\0')});
}

// Receipts that came before the answer to their submission. One that nobody knows is answered in the end, or
// the centre would send it for ever.
Result<void> Link::settleHeld(Bound& bound) {
    for (auto one = held_.begin(); one != held_.end();) {
        const Taken taken = handlers_.delivered(one->message);
        if (taken == Taken::Unknown && one->until.leftMs() > 0) {
            ++one;
            continue;
        }
        if (taken == Taken::Unknown) host_.log(Call{}, LogLevel::Warning, "smpp.receipt_of_unknown_message");
        const std::uint32_t status = taken == Taken::Later ? temporaryError : ok;
        MOTCUA_SDK_CHECK(write(bound, {deliverSm | response, status, one->sequence, std::string(1, '\0')}));
        one = held_.erase(one);
    }
    return {};
}

// guard_ is held. Whoever waits past the deadline of the call is told so.
void Link::dropLate() {
    const auto late = [this](const Shared& one) {
        if (one->deadline.leftMs() > mayFlyAt_.leftMs()) return false;
        finish(one, throttled_ > 0 ? unavailable("message.provider_down", "the centre asks to wait",
                                                 std::max(mayFlyAt_.leftMs(), 1000))
                                   : unavailable("message.provider_down", "the centre is too slow"));
        return true;
    };
    queue_.erase(std::remove_if(queue_.begin(), queue_.end(), late), queue_.end());
    for (auto one = flying_.begin(); one != flying_.end();) {
        if (one->second->deadline.leftMs() > 0) {
            ++one;
            continue;
        }
        finish(one->second, unavailable("message.provider_down", "the centre does not answer"));
        one = flying_.erase(one);
    }
}

Result<void> Link::sendOut(Bound& bound) {
    while (true) {
        Pdu pdu{submitSm, ok, 0, {}};
        {
            const std::lock_guard lock{guard_};
            dropLate();
            if (queue_.empty() || mayFlyAt_.leftMs() > 0 ||
                flying_.size() >= static_cast<std::size_t>(account_.window))
                return {};
            pdu.sequence = nextSequence();
            pdu.body = queue_.front()->body;
            flying_[pdu.sequence] = queue_.front();
            queue_.pop_front();
        }
        if (account_.perSecond > 0) mayFlyAt_ = Deadline::in(1000 / account_.perSecond);
        MOTCUA_SDK_CHECK(write(bound, pdu));
    }
}

Result<void> Link::keepAlive(Bound& bound) {
    if (enquireAt_.leftMs() > 0) return {};
    if (enquired_) return unavailable("message.provider_down", "no answer to enquire_link");
    enquired_ = true;
    enquireAt_ = Deadline::in(answerMs);
    return write(bound, {enquireLink, ok, nextSequence(), {}});
}

Result<void> Link::write(Bound& bound, const Pdu& pdu) {
    bound.stream->setDeadline(Deadline::in(writeMs));
    return bound.stream->write(encode(pdu));
}

int Link::nextEventMs() const {
    constexpr int heldAgainMs = 200;
    int wait = enquireAt_.leftMs();
    if (!held_.empty()) wait = std::min(wait, heldAgainMs);
    const std::lock_guard lock{guard_};
    for (const auto& [sequence, one] : flying_)
        wait = std::min(wait, one->deadline.leftMs());
    for (const Shared& one : queue_)
        wait = std::min(wait, one->deadline.leftMs());
    const bool room = flying_.size() < static_cast<std::size_t>(account_.window);
    if (!queue_.empty() && room) wait = std::min(wait, mayFlyAt_.leftMs());
    return wait + 1;
}

std::uint32_t Link::nextSequence() {
    sequence_ = sequence_ >= 0x7fffffff ? 1 : sequence_ + 1;
    return sequence_;
}

} // namespace smpp
