#include "net/connection.h"

#include "base/log.h"
#include "net/event_loop.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <exception>

namespace motcua::net {

namespace {

// Who has the connection, and the mark that an event came meanwhile.
constexpr unsigned kLoop = 0;
constexpr unsigned kWorker = 1;
constexpr unsigned kWriting = 2;
constexpr unsigned kWho = 3;
constexpr unsigned kEvent = 4;
constexpr unsigned kHungUp = 8; // an event that no other will follow

constexpr int kTurns = 16; // reads in one turn, so that no connection starves the rest
constexpr std::size_t kStreamPending = 256 * 1024; // a reader of events that lags further is let go
constexpr Millis kLingerTime{2000};
constexpr std::uint64_t kLingerBytes = 8ull << 20;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

} // namespace

Connection::Connection(EventLoop& loop, Front& front, std::unique_ptr<Transport> transport, std::string peer)
    : loop_(loop),
      front_(front),
      transport_(std::move(transport)),
      peer_(std::move(peer)),
      parser_({front.settings.headBytes, front.settings.headFields,
               std::min<std::size_t>(front.settings.headBytes, 8 * 1024)}) {
    setDeadline(front.settings.headTime);
}

void Connection::setDeadline(Millis from) {
    deadline_.store(loop_.now() + from.count(), std::memory_order_relaxed);
}

void Connection::onEvent(bool hungUp) {
    unsigned owner = owner_.load(std::memory_order_acquire);
    while ((owner & kWho) != kLoop) {
        if (owner_.compare_exchange_weak(owner, owner | kEvent | (hungUp ? kHungUp : 0),
                                         std::memory_order_acq_rel))
            return;
    }
    readMore_ = true;
    peerDone_ = peerDone_ || hungUp;
    pump();
}

void Connection::resume() {
    const unsigned owner = owner_.exchange(kLoop, std::memory_order_acq_rel);
    if ((owner & kEvent) != 0) readMore_ = true;
    if ((owner & kHungUp) != 0) peerDone_ = true;
    if (phase_ == Phase::Working) afterSend(sendState_);
    pump();
}

void Connection::pump() {
    for (int turn = 0; turn < kTurns; ++turn) {
        if (!advance()) return;
    }
    if (phase_ != Phase::Working) loop_.again(*this);
}

// One step; whether another may follow at once.
bool Connection::advance() {
    switch (phase_) {
    case Phase::Handshake: {
        const ssize_t done = transport_->handshake();
        if (done == kBroken) close();
        if (done < 0) return false;
        phase_ = Phase::Head;
        setDeadline(front_.settings.idleTime);
        return true;
    }
    case Phase::Head:
    case Phase::Body:
        if (!left_.empty()) {
            take(std::exchange(left_, {}));
            return true;
        }
        return readMore_ && read();
    case Phase::Draining: {
        const auto state = out_.send(*transport_);
        afterSend(state);
        return state == Outgoing::State::Sent;
    }
    case Phase::Streaming:
        if (out_.send(*transport_) == Outgoing::State::Broken) close();
        return phase_ == Phase::Streaming && readMore_ && read();
    case Phase::Lingering:
        return readMore_ && discard();
    case Phase::Working:
    case Phase::Closed:
        return false;
    }
    return false;
}

bool Connection::read() {
    const auto room = loop_.scratch();
    const ssize_t got = transport_->read(room.data(), room.size());
    if (got == kBlocked) {
        readMore_ = false;
        return false;
    }
    if (got <= 0) {
        close();
        return false;
    }
    const auto count = static_cast<std::size_t>(got);
    readMore_ = peerDone_ || !transport_->drained(count, room.size());
    take({room.data(), count});
    return true;
}

// Works through the bytes; what belongs to a later request waits in left_.
void Connection::take(std::string_view bytes) {
    while (!bytes.empty()) {
        std::size_t used = 0;
        if (phase_ == Phase::Head) {
            used = takeHead(bytes);
        } else if (phase_ == Phase::Body) {
            used = takeBody(bytes);
        } else {
            if (phase_ == Phase::Working || phase_ == Phase::Draining) left_.append(bytes);
            return;
        }
        bytes.remove_prefix(used);
    }
}

std::size_t Connection::takeHead(std::string_view bytes) {
    if (!parser_.begun()) setDeadline(front_.settings.headTime);
    const std::size_t used = parser_.feed(bytes);
    if (parser_.state() == HeadParser::State::Refused) refuse(parser_.status());
    if (parser_.state() != HeadParser::State::Done) return used;

    const Head& head = parser_.head();
    keepAlive_ = head.keepAlive;
    oldVersion_ = head.oldVersion;
    headOnly_ = head.method == "HEAD";
    if (!head.chunked && head.length == 0) {
        complete();
    } else if (head.length > front_.settings.bodyBytes) {
        refuse(413);
    } else {
        beginBody();
        // The peer waits for leave to send, unless it has begun without. The buffer of a socket that has
        // nothing else to send has room for one line.
        if (head.expectsContinue && used == bytes.size() &&
            transport_->write(kContinue, {}) != static_cast<ssize_t>(kContinue.size())) {
            close();
        }
    }
    return used;
}

void Connection::beginBody() {
    const Head& head = parser_.head();
    phase_ = Phase::Body;
    body_.emplace(front_.settings.bodyInMemory, front_.settings.spoolFolder, front_.spool);
    if (head.chunked) chunks_.emplace(front_.settings.bodyBytes);
    bodyLeft_ = head.length;
    moved_ = 0;
    setDeadline(front_.settings.bodyRateWindow);
}

std::size_t Connection::takeBody(std::string_view bytes) {
    std::string_view data =
        bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), bodyLeft_)));
    std::size_t used = data.size();
    if (chunks_)
        used = chunks_->feed(bytes, data);
    else
        bodyLeft_ -= data.size();

    if (!body_->append(data)) {
        refuse(503);
    } else if (chunks_ && chunks_->state() == ChunkDecoder::State::Refused) {
        refuse(chunks_->status());
    } else if (chunks_ ? chunks_->state() == ChunkDecoder::State::Done : bodyLeft_ == 0) {
        complete();
    }
    return used;
}

void Connection::complete() {
    Request request;
    request.body = body_ ? body_->finish() : front_.noBody;
    if (!request.body) return refuse(503);
    Head& head = parser_.head();
    request.method = std::move(head.method);
    request.path = std::move(head.path);
    request.query = std::move(head.query);
    request.headers = std::move(head.headers);
    request.peer = peer_;
    request.secure = transport_->secure();
    front_.peers.reveal(request.headers, request.peer, request.secure);
    request.received = front_.clock.now();
    request.deadline = Until::in(front_.settings.requestTime);
    body_.reset();
    chunks_.reset();
    front_.requests.fetch_add(1, std::memory_order_relaxed);

    if (request.path == "*") { // OPTIONS *: about the server as a whole
        Response response;
        response.status = 204;
        response.headers.add("Allow", std::string{kMethods});
        return answerHere(std::move(response));
    }
    phase_ = Phase::Working;
    setDeadline(front_.settings.requestTime);
    loop_.ready({shared_from_this(), std::move(request), manner()});
}

void Connection::refuse(int status) {
    front_.refused.fetch_add(1, std::memory_order_relaxed);
    keepAlive_ = false; // where the next request begins is not known
    body_.reset();
    chunks_.reset();
    answerHere(dressed(status));
}

Response Connection::dressed(int status) const {
    Response response = refusal(status);
    if (front_.settings.dressRefusal) front_.settings.dressRefusal(response);
    return response;
}

void Connection::answerHere(Response response) {
    out_ = Outgoing{std::move(response), manner(), front_.clock.now()};
    phase_ = Phase::Draining;
    moved_ = 0;
    setDeadline(front_.settings.bodyRateWindow);
    afterSend(out_.send(*transport_));
}

Manner Connection::manner() const {
    return {headOnly_, keepAlive_ && !front_.stopping.load(std::memory_order_relaxed), oldVersion_};
}

void Connection::handOver() {
    owner_.store(kWorker, std::memory_order_release);
}

void Connection::turnAway() {
    owner_.store(kLoop, std::memory_order_relaxed);
    front_.refused.fetch_add(1, std::memory_order_relaxed);
    answerHere(dressed(503));
    loop_.again(*this);
}

void Connection::serve(Job& job) {
    if ((owner_.load(std::memory_order_relaxed) & kWho) != kWorker) return; // waited past its deadline
    Response response;
    try {
        response = front_.handler(job.request);
    } catch (const std::exception& error) {
        log::error("net.handler_threw", {{"cause", error.what()}});
        response = dressed(500);
    }
    answer(std::move(response), job.manner);
}

// Takes the right to answer; false where the loop has told the peer already that it took too long.
bool Connection::claim() {
    unsigned owner = owner_.load(std::memory_order_acquire);
    while ((owner & kWho) == kWorker) {
        if (owner_.compare_exchange_weak(owner, kWriting | (owner & ~kWho), std::memory_order_acq_rel))
            return true;
    }
    return false;
}

void Connection::answer(Response response, const Manner& asked) {
    std::vector<std::string> topics = std::move(response.topics);
    response.topics = topics;
    Manner manner = asked;
    if (front_.stopping.load(std::memory_order_relaxed)) manner.keepAlive = false;
    Outgoing out{std::move(response), manner, front_.clock.now()}; // may open a file, so before the claim
    if (!claim()) return;
    out_ = std::move(out);
    topics_ = std::move(topics);
    // A stream is subscribed before its head leaves: whoever has the head gets every later event.
    sendState_ = topics_.empty() ? out_.send(*transport_) : Outgoing::State::Blocked;
    if (sendState_ == Outgoing::State::Sent && out_.keepAlive() && topics_.empty() && left_.empty() &&
        !readMore_) {
        nextRequest();
        unsigned expected = kWriting;
        if (owner_.compare_exchange_strong(expected, kLoop, std::memory_order_acq_rel)) return;
    }
    loop_.post(shared_from_this());
}

void Connection::afterSend(Outgoing::State state) {
    if (state == Outgoing::State::Broken) return close();
    if (!topics_.empty() && !headOnly_) return startStream();
    if (state == Outgoing::State::Sent) return out_.keepAlive() ? nextRequest() : linger();
    if (phase_ != Phase::Draining) {
        phase_ = Phase::Draining;
        moved_ = 0;
        setDeadline(front_.settings.bodyRateWindow);
    }
}

void Connection::nextRequest() {
    out_ = Outgoing{};
    parser_.reset();
    phase_ = Phase::Head;
    deadline_.store(steadyMs() + front_.settings.idleTime.count(), std::memory_order_relaxed);
}

void Connection::startStream() {
    phase_ = Phase::Streaming;
    left_.clear();
    moved_ = 0;
    setDeadline(front_.settings.heartbeat);
    loop_.subscribe(*this, topics_);
}

void Connection::deliver(std::string_view event) {
    if (phase_ != Phase::Streaming) return;
    out_.append(event);
    if (out_.pending() > kStreamPending || out_.send(*transport_) == Outgoing::State::Broken) close();
}

// Keeps proxies from giving the stream up, and gives it up where nothing of the last beats has left.
void Connection::beat() {
    const bool stuck = out_.pending() > 0 && out_.sent() == moved_;
    if (stuck) return close();
    moved_ = out_.sent();
    setDeadline(front_.settings.heartbeat);
    deliver(":\n\n");
}

// Closing with unread input would reset the connection and could destroy the answer on its way, so the peer
// gets a moment to take it.
void Connection::linger() {
    transport_->finish();
    phase_ = Phase::Lingering;
    left_.clear();
    moved_ = 0;
    readMore_ = true;
    setDeadline(kLingerTime);
}

bool Connection::discard() {
    const auto room = loop_.scratch();
    const ssize_t got = ::recv(socket(), room.data(), room.size(), 0);
    if (got > 0) moved_ += static_cast<std::uint64_t>(got);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        readMore_ = false;
    else if (got <= 0 || moved_ > kLingerBytes)
        close();
    return phase_ == Phase::Lingering && readMore_;
}

void Connection::onTick() {
    unsigned owner = owner_.load(std::memory_order_acquire); // before the deadline, which it publishes
    if (loop_.now() < deadline_.load(std::memory_order_relaxed)) return;
    while ((owner & kWho) == kWorker) {
        if (!owner_.compare_exchange_weak(owner, kLoop, std::memory_order_acq_rel)) continue;
        keepAlive_ = false; // the worker drops its answer when it comes
        return answerHere(dressed(503));
    }
    if ((owner & kWho) != kLoop) return;
    switch (phase_) {
    case Phase::Head:
        return parser_.begun() ? refuse(408) : close();
    case Phase::Body:
        return checkRate(body_->size());
    case Phase::Draining:
        return checkDrain();
    case Phase::Streaming:
        return beat();
    case Phase::Handshake:
    case Phase::Lingering:
        return close();
    case Phase::Working:
    case Phase::Closed:
        return;
    }
}

void Connection::checkRate(std::uint64_t moved) {
    if (moved - moved_ < front_.settings.bodyRate) return phase_ == Phase::Body ? refuse(408) : close();
    moved_ = moved;
    setDeadline(front_.settings.bodyRateWindow);
}

// What the peer has truly taken is what the kernel no longer holds for it.
void Connection::checkDrain() {
    int held = 0;
    ::ioctl(socket(), SIOCOUTQ, &held);
    const std::uint64_t sent = out_.sent();
    checkRate(sent - std::min<std::uint64_t>(sent, static_cast<std::uint64_t>(std::max(held, 0))));
}

void Connection::leaveIfIdle() {
    if ((owner_.load(std::memory_order_acquire) & kWho) != kLoop) return;
    const bool idle = phase_ == Phase::Head && !parser_.begun() && left_.empty();
    if (idle || phase_ == Phase::Handshake || phase_ == Phase::Streaming) close();
}

// Takes it from a worker that still thinks; one that is sending gives it back in a moment, and this is tried
// again.
void Connection::closeNow() {
    unsigned owner = owner_.load(std::memory_order_acquire);
    while ((owner & kWho) == kWorker) {
        if (owner_.compare_exchange_weak(owner, kLoop, std::memory_order_acq_rel)) owner = kLoop;
    }
    if ((owner & kWho) == kLoop) close();
}

void Connection::close() {
    if (phase_ == Phase::Closed) return;
    phase_ = Phase::Closed;
    loop_.forget(*this, topics_);
    transport_->close();
    front_.peers.leave(peer_);
}

} // namespace motcua::net
