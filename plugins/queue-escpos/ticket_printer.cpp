// Prints queue tickets. One ticket at a time for each printer; a ticket that was printed for a key is not
// printed again for it.
#include "printer.h"

#include "motcua/sdk/queue.h"

#include <openssl/evp.h>

#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>

using namespace motcua::sdk;

namespace {

constexpr std::int64_t rememberedMs = 3'600'000; // longer than anybody repeats a call

escpos::Cut cutOf(const std::string& word) {
    if (word == "full") return escpos::Cut::Full;
    return word == "none" ? escpos::Cut::None : escpos::Cut::Partial;
}

std::string printedKey(const Call& call) {
    const std::string key = call.profile + "|" + call.idempotencyKey;
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(key.data(), key.size(), digest.data(), &size, EVP_sha256(), nullptr);
    return "printed/" + toBase64({reinterpret_cast<const char*>(digest.data()), size});
}

} // namespace

class EscposPrinter final : public TicketPrinter {
public:
    explicit EscposPrinter(const Host& host) : host_(host) {}

    Result<PrinterState> print(const PrintTicket& request, const Call& call) override {
        MOTCUA_SDK_TRY(address, find(request.printer, call));
        MOTCUA_SDK_TRY(
            picture,
            escpos::draw(request.ticket, static_cast<int>(call.config["width"].integer(576)), call.locale));
        const auto turn = turnAt(address);
        const std::unique_lock lock{*turn, std::chrono::milliseconds{host_.remainingMs(call)}};
        if (!lock) return timeout("host.deadline", "the printer is busy with other tickets");
        if (auto before = printedBefore(call)) return *before;
        MOTCUA_SDK_TRY(printer, escpos::Printer::open(host_, call, address));
        const bool ask = call.config["status"].boolean(true);
        PrinterState state;
        state.ready = true;
        if (ask) {
            MOTCUA_SDK_TRY(found, printer.state());
            if (found.paperOut) return unavailable("queue.paper_out", "nothing was printed");
            if (!found.ready)
                return unavailable("queue.printer_down",
                                   found.coverOpen ? "its cover is open" : found.detail);
            state = found;
        }
        MOTCUA_SDK_CHECK(printer.print(picture, cutOf(call.config["cut"].string()), ask));
        remember(call, state);
        return state;
    }

    Result<PrinterState> printer(const PrinterQuery& request, const Call& call) override {
        MOTCUA_SDK_TRY(address, find(request.printer, call));
        return ask(address, call);
    }

    Result<CheckedConfig> checkConfig(const Call& call) override {
        CheckedConfig checked;
        for (const Json& item : call.config["printers"].items()) {
            const auto address = escpos::addressOf(item.string());
            const std::string shown = address.host + ":" + std::to_string(address.port);
            const auto state = ask(address, call);
            if (!state) {
                checked.findings.push_back(
                    {"printers", state.error().code, shown + " " + state.error().detail});
            } else if (!state->ready) {
                checked.findings.push_back({"printers",
                                            state->paperOut ? "queue.paper_out" : "queue.printer_down",
                                            shown + " " + state->detail});
            } else {
                checked.summary += (checked.summary.empty() ? "" : ", ") + shown;
            }
        }
        return checked;
    }

private:
    Result<escpos::Address> find(const std::string& name, const Call& call) const {
        const auto& all = call.config["printers"].items();
        for (const Json& item : all) {
            const auto address = escpos::addressOf(item.string());
            if (name.empty() ? all.size() == 1 : address.name == name) return address;
        }
        return notFound("queue.no_such_printer", name.empty() ? "there are several, and none is named" : "");
    }

    Result<PrinterState> ask(const escpos::Address& address, const Call& call) {
        const auto turn = turnAt(address);
        const std::unique_lock lock{*turn, std::chrono::milliseconds{host_.remainingMs(call)}};
        if (!lock) return timeout("host.deadline", "the printer is busy");
        MOTCUA_SDK_TRY(printer, escpos::Printer::open(host_, call, address));
        if (call.config["status"].boolean(true)) return printer.state();
        PrinterState reached;
        reached.ready = true;
        return reached;
    }

    // Most printers take one connection at a time.
    std::shared_ptr<std::timed_mutex> turnAt(const escpos::Address& address) {
        const std::lock_guard lock{guard_};
        auto& turn = turns_[address.host + ":" + std::to_string(address.port)];
        if (!turn) turn = std::make_shared<std::timed_mutex>();
        return turn;
    }

    std::optional<PrinterState> printedBefore(const Call& call) const {
        if (call.idempotencyKey.empty()) return std::nullopt;
        const auto found = host_.kvGet(call, printedKey(call));
        if (!found || found->value.empty()) return std::nullopt;
        const auto state = decode<PrinterState>(found->value, {});
        return state ? std::optional{*state} : std::nullopt;
    }
    void remember(const Call& call, const PrinterState& state) const {
        if (call.idempotencyKey.empty()) return;
        const auto put =
            host_.kvPut(call, {printedKey(call), encode(state).json, 0, host_.nowMs() + rememberedMs});
        // The ticket is in the person's hand: that it may come twice is no reason to call it a failure.
        if (!put) host_.log(call, LogLevel::Warning, "queue.not_remembered", {{"code", put.error().code}});
    }

    Host host_;
    std::mutex guard_;
    std::map<std::string, std::shared_ptr<std::timed_mutex>> turns_;
};

MOTCUA_PLUGIN(EscposPrinter)
