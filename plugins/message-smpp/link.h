// One account's standing connection to a message centre: bound as transceiver, kept alive, bound anew after a
// break. Submissions of all calls go through its window; what the centre delivers goes to a handler.
#pragma once

#include "pdu.h"

#include "motcua/sdk/host.h"
#include "motcua/sdk/socket.h"

#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace smpp {

namespace sdk = motcua::sdk;

struct Account {
    std::string host{};
    std::uint16_t port = 0;
    bool tls = true;
    std::string trust{}; // PEM
    std::string systemId{}, password{}, systemType{};
    int window = 1;
    int perSecond = 0; // 0: no limit
    int enquireSeconds = 30;

    bool operator==(const Account&) const = default;
};

// A connection that has been bound.
struct Bound {
    int fd = -1;
    std::unique_ptr<sdk::Stream> stream{};
    Framer framer{};
    std::string protocol{}; // "TLSv1.3", "" in the clear
};
// Connects, secures and binds. Errors: codes of the message capability and of the host.
sdk::Result<Bound> bindTo(const sdk::Host& host, const sdk::Call& call, const Account& account,
                          sdk::Deadline deadline);

// One submit_sm on its way. The link fills in what became of it.
struct Submission {
    std::string body{};
    std::string note{}; // handed to `accepted` with the centre's id
    sdk::Deadline deadline = sdk::Deadline::in(0);
    bool done = false;
    std::uint32_t status = 0;          // the centre's
    std::optional<sdk::Error> error{}; // where there was no answer
};

class Link {
public:
    enum class Taken { Yes, Later, Unknown };
    struct Handlers {
        // A submission with this note got this id. Before the submission counts as done.
        std::function<void(const std::string& note, const std::string& messageId)> accepted{};
        // deliver_sm. Later: the centre is to repeat it. Unknown: its submission may not have been answered.
        std::function<Taken(const ShortMessage&)> delivered{};
    };

    Link(const sdk::Host& host, std::string profile, Account account, Handlers handlers);
    ~Link();
    Link(const Link&) = delete;
    Link& operator=(const Link&) = delete;

    const Account& account() const { return account_; }

    // Waits until it is bound, or an attempt to bind has failed. "TLSv1.3" or "".
    sdk::Result<std::string> ready(sdk::Deadline deadline);
    // Returns when each is done, none past its deadline.
    void submit(const std::vector<std::shared_ptr<Submission>>& all);

private:
    using Shared = std::shared_ptr<Submission>;
    struct Held { // a receipt whose submission has no answer yet
        ShortMessage message{};
        std::uint32_t sequence = 0;
        sdk::Deadline until = sdk::Deadline::in(0);
    };

    void run();
    sdk::Error serve(Bound& bound); // until it breaks; why
    std::optional<sdk::Error> takeIn(Bound& bound);
    std::optional<sdk::Error> handle(Bound& bound, const Pdu& pdu);
    void answered(const Pdu& pdu);
    void slowDown();
    sdk::Result<void> deliver(Bound& bound, const Pdu& pdu);
    sdk::Result<void> settleHeld(Bound& bound);
    sdk::Result<void> sendOut(Bound& bound);
    sdk::Result<void> keepAlive(Bound& bound);
    sdk::Result<void> write(Bound& bound, const Pdu& pdu);
    void dropLate();
    void finish(const Shared& one, std::optional<sdk::Error> error, std::uint32_t status = 0);
    void failAll(const sdk::Error& error);
    void wake();
    int nextEventMs() const;
    std::uint32_t nextSequence();

    const sdk::Host host_;
    const std::string profile_;
    const Account account_;
    const Handlers handlers_;

    mutable std::mutex guard_;
    std::condition_variable changed_;
    bool stopping_ = false;
    bool bound_ = false;
    std::string protocol_{};
    std::optional<sdk::Error> lastError_{};
    int attempts_ = 0; // that ended in an error
    std::deque<Shared> queue_{};
    std::map<std::uint32_t, Shared> flying_{}; // by sequence; at most the window

    // Of the link's own thread.
    std::uint32_t sequence_ = 0;
    sdk::Deadline mayFlyAt_ = sdk::Deadline::in(0); // after throttling, and by the pace
    int throttled_ = 0;                             // times in a row
    sdk::Deadline enquireAt_ = sdk::Deadline::in(0);
    bool enquired_ = false;
    std::list<Held> held_{};

    int wakeFd_ = -1;
    std::thread thread_{};
};

} // namespace smpp
