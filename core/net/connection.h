// One connection from accept to close: reads requests, hands them over whole, sends the answers.
//
// It belongs to one thread at a time. The loop has it, but from handing a request to the workers until the
// answer is sent the worker does; then events only leave a mark. Where all went well the worker gives it back
// by one atomic store and nobody is woken.
#pragma once

#include "net/body.h"
#include "net/front.h"
#include "net/head_parser.h"
#include "net/response_writer.h"
#include "net/transport.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::net {

class EventLoop;

class Connection : public std::enable_shared_from_this<Connection> {
public:
    Connection(EventLoop& loop, Front& front, std::unique_ptr<Transport> transport, std::string peer);

    // [loop]
    void onEvent(bool hungUp);
    void onTick();
    void pump();                          // goes on as far as it can without waiting
    void resume();                        // a worker gave it back with something left to do
    void handOver();                      // from here on a worker has it
    void turnAway();                      // no worker has room: 503
    void deliver(std::string_view event); // to the stream
    void leaveIfIdle();                   // the server stops
    void close();
    void closeNow(); // whoever has it
    int socket() const { return transport_->socket(); }

    // [worker]
    void serve(Job& job);

    std::size_t index = 0; // the loop's

private:
    enum class Phase { Handshake, Head, Body, Working, Draining, Streaming, Lingering, Closed };

    bool advance();
    bool read();
    void take(std::string_view bytes);
    std::size_t takeHead(std::string_view bytes);
    std::size_t takeBody(std::string_view bytes);
    void beginBody();
    void complete();
    void refuse(int status);
    Response dressed(int status) const;
    void answerHere(Response response);
    void answer(Response response, const Manner& manner);
    bool claim();
    void afterSend(Outgoing::State state);
    void nextRequest();
    void startStream();
    void linger();
    bool discard();
    void beat();
    void checkRate(std::uint64_t moved);
    void checkDrain();
    Manner manner() const;
    void setDeadline(Millis from);

    EventLoop& loop_;
    Front& front_;
    std::unique_ptr<Transport> transport_;
    const std::string peer_;
    HeadParser parser_;
    std::optional<BodyCollector> body_;
    std::optional<ChunkDecoder> chunks_;
    std::uint64_t bodyLeft_ = 0;
    std::string left_; // came, but belongs to a later request
    Outgoing out_;
    std::vector<std::string> topics_;
    Outgoing::State sendState_ = Outgoing::State::Sent;
    Phase phase_ = Phase::Handshake;
    bool readMore_ = false; // the socket may hold input
    bool peerDone_ = false; // and its end is among it
    bool headOnly_ = false;
    bool keepAlive_ = true;
    bool oldVersion_ = false;
    std::uint64_t moved_ = 0; // bytes at the last look at the rate
    std::atomic<std::int64_t> deadline_{0};
    std::atomic<unsigned> owner_{0};
};

} // namespace motcua::net
