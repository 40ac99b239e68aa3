// Queues: ticket printers, boards and voice, bookings: structs, codecs and operations. Made by sdk/tools/generate.mjs from
// sdk/schema/queue.json; do not edit.
#pragma once

#include "motcua/sdk/plugin.h"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace motcua::sdk {
inline namespace v1 {

// How a booking stands.
enum class BookingState {
    Booked, // it stands
    Arrived, // the person is there
    Served, // done
    Missed, // nobody came
    Cancelled, // withdrawn
};

template <>
struct EnumWords<BookingState> {
    static constexpr std::array<std::pair<BookingState, const char*>, 5> entries{{
        {BookingState::Booked, "booked"},
        {BookingState::Arrived, "arrived"},
        {BookingState::Served, "served"},
        {BookingState::Missed, "missed"},
        {BookingState::Cancelled, "cancelled"},
    }};
};

// A ticket as it is handed to a person.
struct QueueTicket {
    std::string number{};                  // A012
    std::string service{};                 // what the person comes for
    std::string hall{};                    // name of the place, on top (may be absent)
    std::string counter{};                 // where it is known already (may be absent)
    std::int64_t issuedAt = 0;             // ms UTC
    std::optional<std::int64_t> ahead{};   // how many wait before (may be absent)
    std::optional<std::int64_t> minutes{}; // how long it will last, about (may be absent)
    bool priority = false;                 // someone who is called first (ưu tiên) (may be absent)
    std::vector<std::string> lines{};      // more words beneath (may be absent)
    std::string qr{};                      // content of a QR code (may be absent)
};

template <>
struct Codec<QueueTicket> {
    static void write(Writer& w, const QueueTicket& v) {
        w.field("number", v.number);
        w.field("service", v.service);
        w.field("hall", v.hall);
        w.field("counter", v.counter);
        w.field("issuedAt", v.issuedAt);
        w.field("ahead", v.ahead);
        w.field("minutes", v.minutes);
        w.field("priority", v.priority);
        w.field("lines", v.lines);
        w.field("qr", v.qr);
    }
    static void read(Reader& r, QueueTicket& v) {
        r.required("number", v.number, {.length = 20});
        r.required("service", v.service, {.length = 200});
        r.optional("hall", v.hall, {.length = 200});
        r.optional("counter", v.counter, {.length = 100});
        r.required("issuedAt", v.issuedAt);
        r.optional("ahead", v.ahead, {.least = 0});
        r.optional("minutes", v.minutes, {.least = 0});
        r.optional("priority", v.priority);
        r.optional("lines", v.lines, {.length = 10});
        r.optional("qr", v.qr, {.length = 500});
    }
};

struct PrintTicket {
    QueueTicket ticket{};  // what to print
    std::string printer{}; // name of one of the profile's printers; empty: its only one (may be absent)
};

template <>
struct Codec<PrintTicket> {
    static void write(Writer& w, const PrintTicket& v) {
        w.field("ticket", v.ticket);
        w.field("printer", v.printer);
    }
    static void read(Reader& r, PrintTicket& v) {
        r.required("ticket", v.ticket);
        r.optional("printer", v.printer, {.length = 100});
    }
};

struct PrinterQuery {
    std::string printer{}; // as above (may be absent)
};

template <>
struct Codec<PrinterQuery> {
    static void write(Writer& w, const PrinterQuery& v) {
        w.field("printer", v.printer);
    }
    static void read(Reader& r, PrinterQuery& v) {
        r.optional("printer", v.printer, {.length = 100});
    }
};

// What the printer says of itself.
struct PrinterState {
    bool ready = false;     // it prints
    bool paperLow = false;  // somebody should bring paper (may be absent)
    bool paperOut = false;  // nothing is printed until somebody does (may be absent)
    bool coverOpen = false; // somebody must close it (may be absent)
    std::string detail{};   // its own words, for an official (may be absent)
};

template <>
struct Codec<PrinterState> {
    static void write(Writer& w, const PrinterState& v) {
        w.field("ready", v.ready);
        w.field("paperLow", v.paperLow);
        w.field("paperOut", v.paperOut);
        w.field("coverOpen", v.coverOpen);
        w.field("detail", v.detail);
    }
    static void read(Reader& r, PrinterState& v) {
        r.required("ready", v.ready);
        r.optional("paperLow", v.paperLow);
        r.optional("paperOut", v.paperOut);
        r.optional("coverOpen", v.coverOpen);
        r.optional("detail", v.detail, {.length = 300});
    }
};

// Who is called, and where to.
struct CalledTicket {
    std::string number{};      // A012
    std::string counter{};     // 3, Quầy 3
    std::int64_t calledAt = 0; // ms UTC
};

template <>
struct Codec<CalledTicket> {
    static void write(Writer& w, const CalledTicket& v) {
        w.field("number", v.number);
        w.field("counter", v.counter);
        w.field("calledAt", v.calledAt);
    }
    static void read(Reader& r, CalledTicket& v) {
        r.required("number", v.number, {.length = 20});
        r.required("counter", v.counter, {.length = 100});
        r.required("calledAt", v.calledAt);
    }
};

// One service's line.
struct WaitingLine {
    std::string service{};           // what for
    std::int64_t waiting = 0;        // how many
    std::vector<std::string> next{}; // numbers, the first one first (may be absent)
};

template <>
struct Codec<WaitingLine> {
    static void write(Writer& w, const WaitingLine& v) {
        w.field("service", v.service);
        w.field("waiting", v.waiting);
        w.field("next", v.next);
    }
    static void read(Reader& r, WaitingLine& v) {
        r.required("service", v.service, {.length = 200});
        r.required("waiting", v.waiting, {.least = 0});
        r.optional("next", v.next, {.length = 20});
    }
};

// All that a board shows: it replaces what was there.
struct Board {
    std::string board{};                // name of one of the profile's boards; empty: all (may be absent)
    std::int64_t version = 0;           // grows; one that is older than what is shown is left out
    std::vector<CalledTicket> called{}; // the latest first (may be absent)
    std::vector<WaitingLine> waiting{}; // in the hall's order (may be absent)
    std::string notice{};               // a line of words (may be absent)
};

template <>
struct Codec<Board> {
    static void write(Writer& w, const Board& v) {
        w.field("board", v.board);
        w.field("version", v.version);
        w.field("called", v.called);
        w.field("waiting", v.waiting);
        w.field("notice", v.notice);
    }
    static void read(Reader& r, Board& v) {
        r.optional("board", v.board, {.length = 100});
        r.required("version", v.version, {.least = 0});
        r.optional("called", v.called, {.length = 50});
        r.optional("waiting", v.waiting, {.length = 50});
        r.optional("notice", v.notice, {.length = 500});
    }
};

// Words for the loudspeaker.
struct Announcement {
    std::string board{};    // as above (may be absent)
    CalledTicket ticket{};  // who is called
    std::string text{};     // Mời số A không một hai đến quầy ba
    std::string language{}; // vi, en
};

template <>
struct Codec<Announcement> {
    static void write(Writer& w, const Announcement& v) {
        w.field("board", v.board);
        w.field("ticket", v.ticket);
        w.field("text", v.text);
        w.field("language", v.language);
    }
    static void read(Reader& r, Announcement& v) {
        r.optional("board", v.board, {.length = 100});
        r.required("ticket", v.ticket);
        r.required("text", v.text, {.length = 500});
        r.required("language", v.language, {.length = 10});
    }
};

struct ShownBoards {
    std::vector<std::string> missing{}; // boards that could not be reached; none reached is an error (may be absent)
};

template <>
struct Codec<ShownBoards> {
    static void write(Writer& w, const ShownBoards& v) {
        w.field("missing", v.missing);
    }
    static void read(Reader& r, ShownBoards& v) {
        r.optional("missing", v.missing, {.length = 100});
    }
};

struct BranchQuery {
    std::string branch{}; // the system's id of a place; empty: the profile's (may be absent)
};

template <>
struct Codec<BranchQuery> {
    static void write(Writer& w, const BranchQuery& v) {
        w.field("branch", v.branch);
    }
    static void read(Reader& r, BranchQuery& v) {
        r.optional("branch", v.branch, {.length = 100});
    }
};

// Something that people come for.
struct QueueService {
    std::string id{};                      // the system's
    std::string name{};                    // for people
    std::optional<std::int64_t> minutes{}; // how long it lasts (may be absent)
    bool bookable = false;                 // may be booked from outside (may be absent)
};

template <>
struct Codec<QueueService> {
    static void write(Writer& w, const QueueService& v) {
        w.field("id", v.id);
        w.field("name", v.name);
        w.field("minutes", v.minutes);
        w.field("bookable", v.bookable);
    }
    static void read(Reader& r, QueueService& v) {
        r.required("id", v.id, {.length = 100});
        r.required("name", v.name, {.length = 300});
        r.optional("minutes", v.minutes, {.least = 1});
        r.optional("bookable", v.bookable);
    }
};

struct ServiceList {
    std::vector<QueueService> services{}; // in the system's order (may be absent)
};

template <>
struct Codec<ServiceList> {
    static void write(Writer& w, const ServiceList& v) {
        w.field("services", v.services);
    }
    static void read(Reader& r, ServiceList& v) {
        r.optional("services", v.services, {.length = 1000});
    }
};

struct DaysQuery {
    std::string branch{};                 // as above (may be absent)
    std::vector<std::string> services{};  // ids
    std::optional<std::int64_t> people{}; // who come together; absent: 1 (may be absent)
};

template <>
struct Codec<DaysQuery> {
    static void write(Writer& w, const DaysQuery& v) {
        w.field("branch", v.branch);
        w.field("services", v.services);
        w.field("people", v.people);
    }
    static void read(Reader& r, DaysQuery& v) {
        r.optional("branch", v.branch, {.length = 100});
        r.required("services", v.services, {.length = 20});
        r.optional("people", v.people, {.least = 1, .most = 50});
    }
};

struct Days {
    std::vector<std::string> days{}; // 2020-07-13, of the civil calendar, with free times (may be absent)
};

template <>
struct Codec<Days> {
    static void write(Writer& w, const Days& v) {
        w.field("days", v.days);
    }
    static void read(Reader& r, Days& v) {
        r.optional("days", v.days, {.length = 400});
    }
};

struct TimesQuery {
    std::string branch{};                 // as above (may be absent)
    std::vector<std::string> services{};  // ids
    std::optional<std::int64_t> people{}; // who come together; absent: 1 (may be absent)
    std::string day{};                    // one of the days
};

template <>
struct Codec<TimesQuery> {
    static void write(Writer& w, const TimesQuery& v) {
        w.field("branch", v.branch);
        w.field("services", v.services);
        w.field("people", v.people);
        w.field("day", v.day);
    }
    static void read(Reader& r, TimesQuery& v) {
        r.optional("branch", v.branch, {.length = 100});
        r.required("services", v.services, {.length = 20});
        r.optional("people", v.people, {.least = 1, .most = 50});
        r.required("day", v.day, {.length = 10});
    }
};

struct Times {
    std::vector<std::int64_t> times{}; // ms UTC, whatever zone the system's clock has (may be absent)
};

template <>
struct Codec<Times> {
    static void write(Writer& w, const Times& v) {
        w.field("times", v.times);
    }
    static void read(Reader& r, Times& v) {
        r.optional("times", v.times, {.length = 500});
    }
};

// Books a time, once for each idempotency key.
struct BookRequest {
    std::string branch{};                 // as above (may be absent)
    std::vector<std::string> services{};  // ids
    std::optional<std::int64_t> people{}; // who come together; absent: 1 (may be absent)
    std::int64_t at = 0;                  // ms UTC, one of the times
    std::string name{};                   // who comes
    std::string phone{};                  // as +84… (may be absent)
    std::string email{};                  // where there is one (may be absent)
    std::string note{};                   // dossier code or words for the counter (may be absent)
};

template <>
struct Codec<BookRequest> {
    static void write(Writer& w, const BookRequest& v) {
        w.field("branch", v.branch);
        w.field("services", v.services);
        w.field("people", v.people);
        w.field("at", v.at);
        w.field("name", v.name);
        w.field("phone", v.phone);
        w.field("email", v.email);
        w.field("note", v.note);
    }
    static void read(Reader& r, BookRequest& v) {
        r.optional("branch", v.branch, {.length = 100});
        r.required("services", v.services, {.length = 20});
        r.optional("people", v.people, {.least = 1, .most = 50});
        r.required("at", v.at);
        r.required("name", v.name, {.length = 200});
        r.optional("phone", v.phone, {.length = 20});
        r.optional("email", v.email, {.length = 320});
        r.optional("note", v.note, {.length = 500});
    }
};

struct BookingRef {
    std::string id{}; // of the booking
};

template <>
struct Codec<BookingRef> {
    static void write(Writer& w, const BookingRef& v) {
        w.field("id", v.id);
    }
    static void read(Reader& r, BookingRef& v) {
        r.required("id", v.id, {.length = 200});
    }
};

// A booked time.
struct Booking {
    std::string id{};     // the system's
    BookingState state{}; // how it stands
    std::int64_t at = 0;  // ms UTC
    std::string code{};   // that the person shows or types on arrival (may be absent)
    std::string branch{}; // where (may be absent)
};

template <>
struct Codec<Booking> {
    static void write(Writer& w, const Booking& v) {
        w.field("id", v.id);
        w.field("state", v.state);
        w.field("at", v.at);
        w.field("code", v.code);
        w.field("branch", v.branch);
    }
    static void read(Reader& r, Booking& v) {
        r.required("id", v.id, {.length = 200});
        r.required("state", v.state);
        r.required("at", v.at);
        r.optional("code", v.code, {.length = 50});
        r.optional("branch", v.branch, {.length = 100});
    }
};

// A ticket for somebody who walked in, once for each idempotency key.
struct IssueRequest {
    std::string branch{};                // as above (may be absent)
    std::vector<std::string> services{}; // ids
    std::string booking{};               // id of the booking, where there is one (may be absent)
    bool priority = false;               // someone who is called first (may be absent)
};

template <>
struct Codec<IssueRequest> {
    static void write(Writer& w, const IssueRequest& v) {
        w.field("branch", v.branch);
        w.field("services", v.services);
        w.field("booking", v.booking);
        w.field("priority", v.priority);
    }
    static void read(Reader& r, IssueRequest& v) {
        r.optional("branch", v.branch, {.length = 100});
        r.required("services", v.services, {.length = 20});
        r.optional("booking", v.booking, {.length = 200});
        r.optional("priority", v.priority);
    }
};

struct IssuedTicket {
    std::string id{};                    // the system's
    std::string number{};                // A012
    std::optional<std::int64_t> ahead{}; // how many wait before (may be absent)
};

template <>
struct Codec<IssuedTicket> {
    static void write(Writer& w, const IssuedTicket& v) {
        w.field("id", v.id);
        w.field("number", v.number);
        w.field("ahead", v.ahead);
    }
    static void read(Reader& r, IssuedTicket& v) {
        r.required("id", v.id, {.length = 200});
        r.required("number", v.number, {.length = 20});
        r.optional("ahead", v.ahead, {.least = 0});
    }
};

struct NextRequest {
    std::string branch{};  // as above (may be absent)
    std::string counter{}; // the system's id of the counter
};

template <>
struct Codec<NextRequest> {
    static void write(Writer& w, const NextRequest& v) {
        w.field("branch", v.branch);
        w.field("counter", v.counter);
    }
    static void read(Reader& r, NextRequest& v) {
        r.optional("branch", v.branch, {.length = 100});
        r.required("counter", v.counter, {.length = 100});
    }
};

struct NextTicket {
    std::string id{};                    // the system's; empty: nobody waits (may be absent)
    std::string number{};                // A012 (may be absent)
    std::vector<std::string> services{}; // ids (may be absent)
};

template <>
struct Codec<NextTicket> {
    static void write(Writer& w, const NextTicket& v) {
        w.field("id", v.id);
        w.field("number", v.number);
        w.field("services", v.services);
    }
    static void read(Reader& r, NextTicket& v) {
        r.optional("id", v.id, {.length = 200});
        r.optional("number", v.number, {.length = 20});
        r.optional("services", v.services, {.length = 20});
    }
};

// Something happened to a ticket of the other system.
struct TicketEvent {
    std::string id{};                    // the system's
    std::string number{};                // A012
    std::string branch{};                // where (may be absent)
    std::vector<std::string> services{}; // ids (may be absent)
    std::string counter{};               // where it was called to (may be absent)
    std::int64_t at = 0;                 // ms UTC
};

template <>
struct Codec<TicketEvent> {
    static void write(Writer& w, const TicketEvent& v) {
        w.field("id", v.id);
        w.field("number", v.number);
        w.field("branch", v.branch);
        w.field("services", v.services);
        w.field("counter", v.counter);
        w.field("at", v.at);
    }
    static void read(Reader& r, TicketEvent& v) {
        r.required("id", v.id, {.length = 200});
        r.required("number", v.number, {.length = 20});
        r.optional("branch", v.branch, {.length = 100});
        r.optional("services", v.services, {.length = 20});
        r.optional("counter", v.counter, {.length = 100});
        r.required("at", v.at);
    }
};

// The operations.
namespace op {

// Prints a ticket; answered once the printer has it all.
struct QueuePrint {
    static constexpr const char* id = "queue.print/1";
    static constexpr std::int64_t timeoutMs = 8000;
    using Request = PrintTicket;
    using Reply = PrinterState;
};

// Asks how a printer is.
struct QueuePrinter {
    static constexpr const char* id = "queue.printer/1";
    static constexpr std::int64_t timeoutMs = 5000;
    using Request = PrinterQuery;
    using Reply = PrinterState;
};

// Shows a board.
struct QueueShow {
    static constexpr const char* id = "queue.show/1";
    static constexpr std::int64_t timeoutMs = 5000;
    using Request = Board;
    using Reply = ShownBoards;
};

// Says words, once for each idempotency key.
struct QueueAnnounce {
    static constexpr const char* id = "queue.announce/1";
    static constexpr std::int64_t timeoutMs = 5000;
    using Request = Announcement;
    using Reply = ShownBoards;
};

// What people may come for.
struct QueueServices {
    static constexpr const char* id = "queue.services/1";
    static constexpr std::int64_t timeoutMs = 10000;
    using Request = BranchQuery;
    using Reply = ServiceList;
};

// Days with free times.
struct QueueDays {
    static constexpr const char* id = "queue.days/1";
    static constexpr std::int64_t timeoutMs = 10000;
    using Request = DaysQuery;
    using Reply = Days;
};

// Free times of a day.
struct QueueTimes {
    static constexpr const char* id = "queue.times/1";
    static constexpr std::int64_t timeoutMs = 10000;
    using Request = TimesQuery;
    using Reply = Times;
};

// Books a time.
struct QueueBook {
    static constexpr const char* id = "queue.book/1";
    static constexpr std::int64_t timeoutMs = 15000;
    using Request = BookRequest;
    using Reply = Booking;
};

// How a booking stands.
struct QueueBooking {
    static constexpr const char* id = "queue.booking/1";
    static constexpr std::int64_t timeoutMs = 10000;
    using Request = BookingRef;
    using Reply = Booking;
};

// Withdraws a booking; a second time is well too.
struct QueueUnbook {
    static constexpr const char* id = "queue.unbook/1";
    static constexpr std::int64_t timeoutMs = 10000;
    using Request = BookingRef;
    using Reply = Booking;
};

// Takes a ticket for somebody who is there.
struct QueueIssue {
    static constexpr const char* id = "queue.issue/1";
    static constexpr std::int64_t timeoutMs = 10000;
    using Request = IssueRequest;
    using Reply = IssuedTicket;
};

// Calls the next one to a counter.
struct QueueNext {
    static constexpr const char* id = "queue.next/1";
    static constexpr std::int64_t timeoutMs = 10000;
    using Request = NextRequest;
    using Reply = NextTicket;
};

} // namespace op

// What a plugin hands in with Host::post, or a webhook with eventOf().
namespace event {

// Somebody took a ticket; key: its id.
struct QueueTaken {
    static constexpr const char* kind = "queue.taken";
    using Data = ::motcua::sdk::TicketEvent;
};

// A ticket was called; key: its id and the time.
struct QueueCalled {
    static constexpr const char* kind = "queue.called";
    using Data = ::motcua::sdk::TicketEvent;
};

// A ticket is done; key: its id.
struct QueueServed {
    static constexpr const char* kind = "queue.served";
    using Data = ::motcua::sdk::TicketEvent;
};

// Nobody came; key: its id and the time.
struct QueueMissed {
    static constexpr const char* kind = "queue.missed";
    using Data = ::motcua::sdk::TicketEvent;
};

} // namespace event

// Prints tickets.
// Derive from this to provide "queue/1". Calls may overlap up to the manifest's limits.concurrency.
class TicketPrinter : public virtual Plugin {
public:
    // Prints a ticket; answered once the printer has it all.
    virtual Result<PrinterState> print(const PrintTicket&, const Call&) = 0;
    // Asks how a printer is.
    virtual Result<PrinterState> printer(const PrinterQuery&, const Call&) = 0;

protected:
    TicketPrinter() {
        answers<op::QueuePrint>([this](const auto& request, const Call& call) { return print(request, call); });
        answers<op::QueuePrinter>([this](const auto& request, const Call& call) { return printer(request, call); });
    }
};

// Shows and says who is called.
// Derive from this to provide "queue/1". Calls may overlap up to the manifest's limits.concurrency.
class QueueDisplay : public virtual Plugin {
public:
    // Shows a board.
    virtual Result<ShownBoards> show(const Board&, const Call&) = 0;
    // Says words, once for each idempotency key.
    virtual Result<ShownBoards> announce(const Announcement&, const Call&) = 0;

protected:
    QueueDisplay() {
        answers<op::QueueShow>([this](const auto& request, const Call& call) { return show(request, call); });
        answers<op::QueueAnnounce>([this](const auto& request, const Call& call) { return announce(request, call); });
    }
};

// A queue system of others: its services, bookings and tickets.
// Derive from this to provide "queue/1". Calls may overlap up to the manifest's limits.concurrency.
class QueueSystem : public virtual Plugin {
public:
    // What people may come for.
    virtual Result<ServiceList> services(const BranchQuery&, const Call&) = 0;
    // Days with free times.
    virtual Result<Days> days(const DaysQuery&, const Call&) = 0;
    // Free times of a day.
    virtual Result<Times> times(const TimesQuery&, const Call&) = 0;
    // Books a time.
    virtual Result<Booking> book(const BookRequest&, const Call&) = 0;
    // How a booking stands.
    virtual Result<Booking> booking(const BookingRef&, const Call&) = 0;
    // Withdraws a booking; a second time is well too.
    virtual Result<Booking> unbook(const BookingRef&, const Call&) = 0;
    // Takes a ticket for somebody who is there.
    virtual Result<IssuedTicket> issue(const IssueRequest&, const Call&) { return unimplemented(op::QueueIssue::id); }
    // Calls the next one to a counter.
    virtual Result<NextTicket> next(const NextRequest&, const Call&) { return unimplemented(op::QueueNext::id); }

protected:
    QueueSystem() {
        answers<op::QueueServices>([this](const auto& request, const Call& call) { return services(request, call); });
        answers<op::QueueDays>([this](const auto& request, const Call& call) { return days(request, call); });
        answers<op::QueueTimes>([this](const auto& request, const Call& call) { return times(request, call); });
        answers<op::QueueBook>([this](const auto& request, const Call& call) { return book(request, call); });
        answers<op::QueueBooking>([this](const auto& request, const Call& call) { return booking(request, call); });
        answers<op::QueueUnbook>([this](const auto& request, const Call& call) { return unbook(request, call); });
        answers<op::QueueIssue>([this](const auto& request, const Call& call) { return issue(request, call); });
        answers<op::QueueNext>([this](const auto& request, const Call& call) { return next(request, call); });
    }
};

} // namespace v1
} // namespace motcua::sdk
