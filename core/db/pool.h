// Sessions that threads borrow, made when needed, up to a number; who finds none waits until the deadline.
#pragma once

#include "db/database.h"
#include "base/until.h"

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace motcua::db {

template <typename Session>
class Pool {
public:
    Pool(int size, std::function<std::unique_ptr<Session>()> make) : room_(size), make_(std::move(make)) {}

    // A borrowed session, which goes back when this ends; a spoilt one is closed instead.
    class Lease {
    public:
        Lease(Pool& pool, std::unique_ptr<Session> session) : pool_(pool), session_(std::move(session)) {}
        ~Lease() { pool_.giveBack(std::move(session_)); }
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        Session& operator*() const { return *session_; }
        Session* operator->() const { return session_.get(); }
        void spoil() { session_.reset(); }

    private:
        Pool& pool_;
        std::unique_ptr<Session> session_;
    };

    // [thread-safe] Throws DeadlinePassed, and what `make` throws. Nobody waits longer than 30 s: a pool that
    // gives nothing for so long is a fault that must be seen.
    Lease take(const Until& until) {
        std::unique_lock lock{mutex_};
        if (!until.orIn(std::chrono::seconds{30}).wait(freed_, lock, [&] { return room_ > 0; }))
            throw DeadlinePassed("no database session was free in time");
        room_--;
        if (!idle_.empty()) {
            auto session = std::move(idle_.back());
            idle_.pop_back();
            return {*this, std::move(session)};
        }
        lock.unlock();
        try {
            return {*this, make_()};
        } catch (...) {
            giveBack(nullptr);
            throw;
        }
    }

    // Closes the sessions that nobody uses, as when one was found broken and the others may be too.
    void closeIdle() {
        std::vector<std::unique_ptr<Session>> closing;
        const std::lock_guard lock{mutex_};
        closing.swap(idle_);
    }

private:
    void giveBack(std::unique_ptr<Session> session) {
        const std::lock_guard lock{mutex_};
        room_++;
        if (session) idle_.push_back(std::move(session));
        freed_.notify_one();
    }

    std::mutex mutex_;
    std::condition_variable freed_;
    int room_;                                   // how many more may be lent
    std::vector<std::unique_ptr<Session>> idle_; // the last used on top, so that what is hot stays hot
    std::function<std::unique_ptr<Session>()> make_;
};

} // namespace motcua::db
