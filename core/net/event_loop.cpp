#include "net/event_loop.h"

#include "base/log.h"

#include <Poco/Net/SocketAddress.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace motcua::net {

namespace {

constexpr std::size_t kScratch = 64 * 1024;
constexpr int kAccepts = 64; // in one turn

std::int64_t tickOf(const ServerSettings& settings) {
    const Millis least = std::min({settings.headTime, settings.bodyRateWindow, settings.idleTime,
                                   settings.requestTime, settings.heartbeat});
    return std::clamp<std::int64_t>(least.count() / 4, 5, 250);
}

Descriptor opened(int fd, const char* what) {
    if (fd < 0) throw std::runtime_error(std::string{what} + ": " + std::strerror(errno));
    return Descriptor{fd};
}

bool watch(int epoll, int fd, std::uint32_t events, void* tag) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = tag;
    return ::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0;
}

std::string addressOf(const sockaddr_storage& address, socklen_t size) {
    const Poco::Net::SocketAddress parsed{reinterpret_cast<const sockaddr*>(&address), size};
    return normalAddress(parsed.host().toString());
}

} // namespace

EventLoop::EventLoop(Front& front, int listener)
    : front_(front),
      listener_(listener),
      epoll_(opened(::epoll_create1(EPOLL_CLOEXEC), "epoll")),
      bell_(opened(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")),
      spare_(::open("/dev/null", O_RDONLY | O_CLOEXEC)),
      now_(steadyMs()),
      nextTick_(now_),
      tickTime_(tickOf(front.settings)),
      scratch_(kScratch) {
    if (!watch(epoll_.get(), listener_, EPOLLIN | EPOLLEXCLUSIVE, &listener_) ||
        !watch(epoll_.get(), bell_.get(), EPOLLIN, &bell_)) {
        throw std::runtime_error(std::string{"epoll_ctl: "} + std::strerror(errno));
    }
}

EventLoop::~EventLoop() = default;

void EventLoop::run() {
    while (true) {
        std::array<epoll_event, 256> events;
        const int count =
            ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), patience());
        now_ = steadyMs();
        for (int i = 0; i < count; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            void* tag = event.data.ptr;
            if (tag == &listener_)
                acceptAll();
            else if (tag == &bell_)
                readMail();
            else
                static_cast<Connection*>(tag)->onEvent((event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) !=
                                                       0);
        }
        for (const auto& connection : std::exchange(again_, {}))
            connection->onEvent(false);
        handOver();
        if (now_ >= nextTick_) tick();
        gone_.clear();
        if (now_ >= stopAt_) closeAll();
        if (!accepting_ && connections_.empty()) return;
    }
}

int EventLoop::patience() const {
    return again_.empty() ? static_cast<int>(std::max<std::int64_t>(nextTick_ - now_, 0)) : 0;
}

void EventLoop::acceptAll() {
    for (int i = 0; i < kAccepts && accepting_; ++i) {
        sockaddr_storage address{};
        socklen_t size = sizeof address;
        const int fd =
            ::accept4(listener_, reinterpret_cast<sockaddr*>(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0)
            admit(Descriptor{fd}, addressOf(address, size));
        else if (errno == EMFILE || errno == ENFILE)
            makeRoom();
        else if (errno != ECONNABORTED && errno != EINTR)
            return;
    }
}

// With no descriptor left the waiting connection would wake the loop for ever: take it with the spare one and
// drop it.
void EventLoop::makeRoom() {
    if (now_ >= nextComplaint_) log::error("net.no_descriptors");
    nextComplaint_ = now_ + 1000;
    spare_.close();
    Descriptor{::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)}.close();
    spare_ = Descriptor{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
}

void EventLoop::admit(Descriptor socket, std::string peer) {
    const bool room = front_.connections.load(std::memory_order_relaxed) < front_.settings.connections;
    if (!room || !front_.peers.enter(peer)) {
        front_.refused.fetch_add(1, std::memory_order_relaxed);
        if (front_.settings.certificateFile.empty()) { // a word, where it can be had without a handshake
            Transport plain{std::move(socket)};
            Response response = refusal(503);
            if (front_.settings.dressRefusal) front_.settings.dressRefusal(response);
            Outgoing{std::move(response), {false, false, false}, front_.clock.now()}.send(plain);
        }
        return;
    }
    const int fd = socket.get();
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto connection =
        std::make_shared<Connection>(*this, front_, front_.wrap(std::move(socket)), std::move(peer));
    connection->index = connections_.size();
    connections_.push_back(connection);
    front_.connections.fetch_add(1, std::memory_order_relaxed);
    // Edge-triggered for both ways at once: nothing is ever registered again.
    if (!watch(epoll_.get(), fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, connection.get()))
        connection->close();
}

void EventLoop::forget(Connection& connection, const std::vector<std::string>& topics) {
    for (const auto& topic : topics) {
        const auto found = topics_.find(topic);
        if (found == topics_.end()) continue;
        std::erase(found->second, &connection);
        if (found->second.empty()) topics_.erase(found);
    }
    // Closing is not enough: while a child process that is being started holds a copy, epoll would go on.
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, connection.socket(), nullptr);
    const std::size_t at = connection.index;
    gone_.push_back(std::move(connections_[at]));
    if (at + 1 < connections_.size()) {
        connections_[at] = std::move(connections_.back());
        connections_[at]->index = at;
    }
    connections_.pop_back();
    front_.connections.fetch_sub(1, std::memory_order_relaxed);
}

void EventLoop::subscribe(Connection& connection, const std::vector<std::string>& topics) {
    for (const auto& topic : topics)
        topics_[topic].push_back(&connection);
}

void EventLoop::wake() {
    const std::uint64_t one = 1;
    if (::write(bell_.get(), &one, sizeof one) < 0 && errno != EAGAIN) log::error("net.bell_failed");
}

void EventLoop::send(Mail mail) {
    bool ring = false;
    {
        const std::lock_guard lock{mutex_};
        mail_.push_back(std::move(mail));
        ring = !std::exchange(rung_, true);
    }
    if (ring) wake();
}

void EventLoop::post(std::shared_ptr<Connection> connection) {
    send({std::move(connection), {}, {}});
}

void EventLoop::publish(std::shared_ptr<const std::string> topic, std::shared_ptr<const std::string> event) {
    send({{}, std::move(topic), std::move(event)});
}

void EventLoop::stop(std::int64_t until) {
    stopAt_ = until;
    wake();
}

void EventLoop::readMail() {
    std::uint64_t rings = 0;
    if (::read(bell_.get(), &rings, sizeof rings) < 0 && errno != EAGAIN) log::error("net.bell_failed");
    std::vector<Mail> mail;
    {
        const std::lock_guard lock{mutex_};
        mail.swap(mail_);
        rung_ = false;
    }
    for (const auto& letter : mail) {
        if (letter.connection) {
            letter.connection->resume();
        } else if (const auto found = topics_.find(*letter.topic); found != topics_.end()) {
            const auto readers = found->second; // a reader that lags is let go meanwhile
            for (Connection* reader : readers)
                reader->deliver(*letter.event);
        }
    }
    if (stopAt_ != INT64_MAX && accepting_) {
        accepting_ = false;
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, listener_, nullptr);
        nextTick_ = now_; // and tick() sends the idle ones home
    }
}

void EventLoop::handOver() {
    if (ready_.empty()) return;
    auto jobs = std::exchange(ready_, {});
    for (const auto& job : jobs)
        job.connection->handOver();
    const std::size_t taken = front_.workers.submit(jobs);
    for (std::size_t i = taken; i < jobs.size(); ++i)
        jobs[i].connection->turnAway();
    jobs.clear();
    if (ready_.empty()) ready_ = std::move(jobs); // keeps the room
}

void EventLoop::tick() {
    nextTick_ = now_ + tickTime_;
    for (std::size_t i = connections_.size();
         i-- > 0;) { // backwards: closing one moves the last to its place
        Connection& connection = *connections_[i];
        if (!accepting_) connection.leaveIfIdle();
        connection.onTick();
    }
}

void EventLoop::closeAll() {
    for (std::size_t i = connections_.size(); i-- > 0;)
        connections_[i]->closeNow();
    gone_.clear();
}

} // namespace motcua::net
