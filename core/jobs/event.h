// What one room tells others inside its own transaction, without knowing them.
#pragma once

#include "db/database.h"

#include <functional>
#include <vector>

namespace motcua::jobs {

// Subscribers are wired at the start by app/ and run in the order of their subscription, in the publisher's
// transaction: SQL only. What must reach the world is put into the outbox by a subscriber.
template <typename Happening>
class Event {
public:
    using Subscriber = std::function<void(db::Writer&, const Context&, const Happening&)>;

    void subscribe(Subscriber subscriber) { subscribers_.push_back(std::move(subscriber)); }
    void publish(db::Writer& tx, const Context& context, const Happening& happening) const {
        for (const Subscriber& subscriber : subscribers_)
            subscriber(tx, context, happening);
    }

private:
    std::vector<Subscriber> subscribers_;
};

} // namespace motcua::jobs
