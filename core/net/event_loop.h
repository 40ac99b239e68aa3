// The loop of one thread: accepts, waits for all connections at once, and looks after their time.
#pragma once

#include "net/connection.h"
#include "net/front.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace motcua::net {

class EventLoop {
public:
    EventLoop(Front& front, int listener);
    ~EventLoop();

    void run(); // until stop() and the last connection is gone

    // [any thread]
    void post(std::shared_ptr<Connection> connection);
    void publish(std::shared_ptr<const std::string> topic, std::shared_ptr<const std::string> event);
    void stop(std::int64_t until); // by steadyMs()

    // [loop]
    std::int64_t now() const { return now_; }
    std::span<char> scratch() { return scratch_; }
    void ready(Job job) { ready_.push_back(std::move(job)); }
    void again(Connection& connection) { again_.push_back(connection.shared_from_this()); }
    void subscribe(Connection& connection, const std::vector<std::string>& topics);
    void forget(Connection& connection, const std::vector<std::string>& topics);

private:
    struct Mail {
        std::shared_ptr<Connection> connection;
        std::shared_ptr<const std::string> topic;
        std::shared_ptr<const std::string> event;
    };

    int patience() const;
    void acceptAll();
    void admit(Descriptor socket, std::string peer);
    void makeRoom();
    void send(Mail mail);
    void wake();
    void readMail();
    void handOver();
    void tick();
    void closeAll();

    Front& front_;
    int listener_;
    Descriptor epoll_;
    Descriptor bell_;  // rung when there is mail
    Descriptor spare_; // given up for a moment when descriptors run out
    std::int64_t now_;
    std::int64_t nextTick_;
    const std::int64_t tickTime_;
    std::int64_t nextComplaint_ = 0;
    std::vector<char> scratch_;
    std::vector<std::shared_ptr<Connection>> connections_;
    std::vector<std::shared_ptr<Connection>> gone_; // closed in this turn; events may still name them
    std::vector<std::shared_ptr<Connection>> again_;
    std::vector<Job> ready_;
    std::unordered_map<std::string, std::vector<Connection*>> topics_;
    std::mutex mutex_;
    std::vector<Mail> mail_;
    bool rung_ = false;
    std::atomic<std::int64_t> stopAt_{INT64_MAX};
    bool accepting_ = true;
};

} // namespace motcua::net
