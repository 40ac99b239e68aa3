// Passwords by Argon2id, in a small pool of its own: a flood of sign-ins waits here and nowhere else.
#pragma once

#include "base/clock.h"
#include "base/result.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace motcua::identity {

struct HashCost {
    std::uint32_t passes = 2;
    std::uint32_t memoryKib = 19 * 1024; // the least that OWASP advises; about 20 ms of one core
};

class PasswordHasher {
public:
    explicit PasswordHasher(HashCost cost = {}, int threads = 1, std::size_t queue = 64);
    ~PasswordHasher();

    // The encoded hash ("$argon2id$v=19$…"). Errors: Unavailable sign_in.busy where the queue is full.
    Result<std::string> hash(std::string_view password);
    // Whether it fits; an empty hash costs the same and never fits, so nobody learns from the time which
    // accounts exist.
    Result<bool> verify(std::string_view password, std::string_view hash);
    // Whether the hash was made at another cost than today's.
    bool outdated(std::string_view hash) const;

private:
    template <typename T>
    Result<T> run(std::function<T()> work);
    void serve();
    std::string make(std::string_view password) const;

    HashCost cost_;
    std::size_t queue_;
    std::string decoy_;
    std::mutex guard_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> waiting_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

} // namespace motcua::identity
