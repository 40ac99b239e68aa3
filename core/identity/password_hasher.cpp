#include "identity/password_hasher.h"

#include "base/bytes.h"

#include <argon2.h>

#include <stdexcept>

namespace motcua::identity {

namespace {

constexpr std::size_t saltSize = 16;
constexpr std::size_t hashSize = 32;

} // namespace

PasswordHasher::PasswordHasher(HashCost cost, int threads, std::size_t queue) : cost_(cost), queue_(queue) {
    decoy_ = make(randomBytes(16));
    for (int i = 0; i < threads; ++i)
        threads_.emplace_back([this] { serve(); });
}

PasswordHasher::~PasswordHasher() {
    {
        const std::lock_guard lock{guard_};
        stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_)
        thread.join();
}

void PasswordHasher::serve() {
    while (true) {
        std::function<void()> work;
        {
            std::unique_lock lock{guard_};
            changed_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
            if (waiting_.empty()) return;
            work = std::move(waiting_.front());
            waiting_.pop_front();
        }
        work();
    }
}

template <typename T>
Result<T> PasswordHasher::run(std::function<T()> work) {
    auto task = std::make_shared<std::packaged_task<T()>>(std::move(work));
    auto answer = task->get_future();
    {
        const std::lock_guard lock{guard_};
        if (stopping_ || waiting_.size() >= queue_) return unavailable("sign_in.busy");
        waiting_.emplace_back([task] { (*task)(); });
    }
    changed_.notify_one();
    return answer.get();
}

std::string PasswordHasher::make(std::string_view password) const {
    const std::string salt = randomBytes(saltSize);
    std::string encoded(argon2_encodedlen(cost_.passes, cost_.memoryKib, 1, saltSize, hashSize, Argon2_id),
                        '\0');
    const int code =
        argon2id_hash_encoded(cost_.passes, cost_.memoryKib, 1, password.data(), password.size(), salt.data(),
                              salt.size(), hashSize, encoded.data(), encoded.size());
    if (code != ARGON2_OK) throw std::runtime_error(std::string{"argon2: "} + argon2_error_message(code));
    encoded.resize(encoded.find('\0'));
    return encoded;
}

Result<std::string> PasswordHasher::hash(std::string_view password) {
    return run<std::string>([this, password] { return make(password); });
}

Result<bool> PasswordHasher::verify(std::string_view password, std::string_view hash) {
    const bool known = !hash.empty();
    return run<bool>([known, password, encoded = known ? std::string{hash} : decoy_] {
        return argon2id_verify(encoded.c_str(), password.data(), password.size()) == ARGON2_OK && known;
    });
}

bool PasswordHasher::outdated(std::string_view hash) const {
    const std::string today =
        "m=" + std::to_string(cost_.memoryKib) + ",t=" + std::to_string(cost_.passes) + ",p=1$";
    return hash.find(today) == std::string_view::npos;
}

} // namespace motcua::identity
