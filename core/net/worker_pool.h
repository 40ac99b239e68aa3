// Threads that run jobs from one bounded queue.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace motcua::net {

template <typename Job>
class WorkerPool {
public:
    WorkerPool(std::size_t limit, std::function<void(Job&)> work) : limit_(limit), work_(std::move(work)) {}
    ~WorkerPool() { stop(); }

    void start(int threads) {
        for (int i = 0; i < threads; ++i)
            threads_.emplace_back([this] { run(); });
    }

    // Moves jobs from the front of `jobs` into the queue as far as there is room; gives how many.
    std::size_t submit(std::vector<Job>& jobs) {
        std::unique_lock lock{mutex_};
        const std::size_t room = limit_ + idle_ - std::min(limit_ + idle_, queue_.size());
        const std::size_t taken = std::min(room, jobs.size());
        for (std::size_t i = 0; i < taken; ++i)
            queue_.push_back(std::move(jobs[i]));
        const bool wake = taken > 0 && idle_ > 0;
        lock.unlock();
        if (wake) wake_.notify_one(); // who, while there is more, wakes the next
        return taken;
    }

    std::size_t waiting() const {
        const std::lock_guard lock{mutex_};
        return queue_.size();
    }

    // Finishes what is queued, then ends the threads.
    void stop() {
        {
            const std::lock_guard lock{mutex_};
            stopping_ = true;
        }
        wake_.notify_all();
        for (auto& thread : threads_)
            thread.join();
        threads_.clear();
    }

private:
    void run() {
        std::unique_lock lock{mutex_};
        while (true) {
            ++idle_;
            wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
            --idle_;
            if (queue_.empty()) return;
            Job job = std::move(queue_.front());
            queue_.pop_front();
            const bool more = !queue_.empty() && idle_ > 0;
            lock.unlock();
            if (more) wake_.notify_one();
            work_(job);
            lock.lock();
        }
    }

    std::size_t limit_;
    std::function<void(Job&)> work_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> queue_;
    std::size_t idle_ = 0;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

} // namespace motcua::net
