// The least that does a work list's and a submit's work: an epoll loop, SQLite's C API, OpenSSL, HTML by
// hand.
//
//     bench_bare_city PORT DATABASE MASTER_KEY PAGE FILED batched|single
//
// GET /cong-viec looks up the session, its roles and desks, reads the same 50 rows and counts as the server,
// opens the same names, and writes the same table between the head and the tail of PAGE. POST /ho-so/ID/…
// writes the rows that filing the dossier FILED left behind, byte for byte with fresh ids: `batched` commits
// once for all requests that have come in, `single` once for each. It checks nothing.
#include "base/bytes.h"
#include "vault/master_key.h"

#include <openssl/evp.h>
#include <sqlite3.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

std::string readFile(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

class Statement {
public:
    Statement(sqlite3* database, const std::string& sql) {
        if (sqlite3_prepare_v3(database, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr) !=
            SQLITE_OK)
            throw std::runtime_error(sql + ": " + sqlite3_errmsg(database));
    }
    ~Statement() { sqlite3_finalize(handle_); }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    void text(int at, std::string_view value) {
        sqlite3_bind_text(handle_, at, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
    }
    void blob(int at, std::string_view value) {
        sqlite3_bind_blob(handle_, at, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
    }
    void integer(int at, std::int64_t value) { sqlite3_bind_int64(handle_, at, value); }
    bool step() {
        const int code = sqlite3_step(handle_);
        if (code != SQLITE_ROW && code != SQLITE_DONE)
            throw std::runtime_error(sqlite3_errmsg(sqlite3_db_handle(handle_)));
        return code == SQLITE_ROW;
    }
    void reset() { sqlite3_reset(handle_); }
    void runOnce() {
        step();
        reset();
    }
    std::string_view textAt(int column) const {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(handle_, column));
        return {bytes ? bytes : "", static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
    }
    std::int64_t integerAt(int column) const { return sqlite3_column_int64(handle_, column); }
    sqlite3_stmt* handle() const { return handle_; }

private:
    sqlite3_stmt* handle_ = nullptr;
};

// Opens what the vault sealed, each key unwrapped once.
class Keys {
public:
    Keys(sqlite3* database, const std::string& masterFile)
        : wrapping_(motcua::vault::MasterKey::load(masterFile)->derive("vault/wrap")),
          find_(database, "SELECT wrapped FROM vault_key WHERE id = ?") {}
    ~Keys() { EVP_CIPHER_CTX_free(context_); }
    Keys(const Keys&) = delete;
    Keys& operator=(const Keys&) = delete;

    std::string open(std::string_view sealed, const std::string& place) {
        const std::string id{sealed.substr(1, 36)};
        auto held = keys_.find(id);
        if (held == keys_.end()) {
            find_.text(1, id);
            find_.step();
            held = keys_.emplace(id, decrypt(wrapping_, find_.textAt(0), "vault_key|wrapped|" + id)).first;
            find_.reset();
        }
        return decrypt(held->second, sealed.substr(37), place);
    }

private:
    static const unsigned char* raw(std::string_view bytes) {
        return reinterpret_cast<const unsigned char*>(bytes.data());
    }
    std::string decrypt(const std::string& key, std::string_view sealed, const std::string& place) {
        const std::string_view body = sealed.substr(12, sealed.size() - 28);
        std::string tag{sealed.substr(sealed.size() - 16)};
        std::string plain(body.size() + 1, '\0');
        int size = 0;
        EVP_DecryptInit_ex2(context_, cipher_, raw(key), raw(sealed), nullptr);
        EVP_DecryptUpdate(context_, nullptr, &size, raw(place), static_cast<int>(place.size()));
        EVP_DecryptUpdate(context_, reinterpret_cast<unsigned char*>(plain.data()), &size, raw(body),
                          static_cast<int>(body.size()));
        EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_SET_TAG, 16, tag.data());
        int rest = 0;
        if (EVP_DecryptFinal_ex(context_, reinterpret_cast<unsigned char*>(plain.data()) + size, &rest) != 1)
            throw std::runtime_error("a sealed value does not open");
        plain.resize(body.size());
        return plain;
    }

    std::string wrapping_;
    Statement find_;
    EVP_CIPHER_CTX* context_ = EVP_CIPHER_CTX_new();
    EVP_CIPHER* cipher_ = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
    std::unordered_map<std::string, std::string> keys_;
};

void escape(std::string& out, std::string_view text) {
    for (const char c : text) {
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else if (c == '\'')
            out += "&#39;";
        else
            out += c;
    }
}

std::string moment(std::int64_t ms) {
    const std::time_t seconds = ms / 1000 + 7 * 3600;
    std::tm day{};
    gmtime_r(&seconds, &day);
    std::array<char, 32> text;
    return {text.data(), std::strftime(text.data(), text.size(), "%H:%M %d/%m/%Y", &day)};
}

std::int64_t nowMs() {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

class WorkList {
public:
    WorkList(sqlite3* database, const std::string& masterFile, const std::string& page)
        : database_(database),
          keys_(database, masterFile),
          session_(database,
                   "SELECT s.account_id, s.ends_ms, a.full_name FROM session s JOIN account a ON a.id = "
                   "s.account_id WHERE s.token_hash = ? AND a.state = 1"),
          roles_(database, "SELECT role, agency_id FROM account_role WHERE account_id = ?"),
          name_(database, "SELECT full_name FROM account WHERE id = ?"),
          mine_(database, "SELECT count(*) FROM (SELECT 1 FROM process_task WHERE state = 'open' AND "
                          "assignee = ? LIMIT 100)") {
        const std::string body = "<tbody class=\"govuk-table__body\">";
        const std::size_t from = page.find(body) + body.size();
        head_ = page.substr(0, from);
        tail_ = page.substr(page.find("</tbody>", from));
        Statement places{database, "SELECT parent_id, agency_id FROM agency_place"};
        while (places.step())
            below_[std::string{places.textAt(0)}].emplace_back(places.textAt(1));
    }

    void write(std::string& out, std::string_view token) {
        session_.blob(1, hash_ = motcua::sha256(token));
        if (!session_.step()) throw std::runtime_error("no such session");
        const std::string account{session_.textAt(0)};
        keys_.open(session_.textAt(2), "account|full_name|" + account);
        session_.reset();
        std::vector<std::pair<std::string, std::string>> desks;
        std::set<std::string> agencies;
        roles_.text(1, account);
        while (roles_.step()) {
            std::vector<std::string> found{std::string{roles_.textAt(1)}};
            for (std::size_t at = 0; at < found.size(); ++at)
                if (const auto more = below_.find(found[at]); more != below_.end())
                    found.insert(found.end(), more->second.begin(), more->second.end());
            for (std::string& agency : found) {
                agencies.insert(agency);
                desks.emplace_back(std::move(agency), roles_.textAt(0));
            }
        }
        roles_.reset();
        out += head_;
        writeRows(out, desks);
        out += tail_;
        count(account, desks, agencies);
    }

private:
    Statement& arms(std::map<std::size_t, Statement>& held, std::size_t count, const std::string& begin,
                    const std::string& arm, const std::string& end) {
        if (const auto known = held.find(count); known != held.end()) return known->second;
        std::string sql = begin;
        for (std::size_t at = 0; at < count; ++at)
            sql += (at == 0 ? "" : " UNION ALL ") + arm;
        return held.try_emplace(count, database_, sql + end).first->second;
    }

    void writeRows(std::string& out, const std::vector<std::pair<std::string, std::string>>& desks) {
        Statement& rows = arms(
            rowsOf_, desks.size(), "",
            "SELECT t.due_ms, t.id, t.name, t.assignee, d.id, d.number, d.code, d.procedure_name, d.state, "
            "d.submitted_ms, d.applicant FROM process_task t CROSS JOIN dossier d ON d.id = t.subject "
            "WHERE t.agency_id = ? AND t.role = ? AND t.state = 'open'",
            " ORDER BY 1, 2 LIMIT 51");
        int at = 0;
        for (const auto& [agency, role] : desks) {
            rows.text(++at, agency);
            rows.text(++at, role);
        }
        const std::int64_t now = nowMs();
        for (int row = 0; rows.step() && row < 50; ++row)
            writeRow(out, rows, now);
        rows.reset();
    }

    void writeRow(std::string& out, const Statement& row, std::int64_t now) {
        const std::string id{row.textAt(4)};
        const std::int64_t due = row.integerAt(0);
        const bool late = due < now;
        const std::int64_t left = (late ? now - due : due - now) / 3'600'000;
        const char* light = late ? "red" : left < 8 ? "amber" : "green";
        const std::string span =
            left >= 48 ? std::to_string(left / 24) + " ngày" : std::to_string(left) + " giờ";
        const std::string state = std::to_string(row.integerAt(8));
        out.append("\n<tr class=\"govuk-table__row mc-work__row mc-work__row--").append(light);
        out.append("\">\n<th scope=\"row\" class=\"govuk-table__header mc-work__code\"><a class=\"govuk-link "
                   "mc-code\" href=\"/cong-viec/");
        out.append(id).append("\">");
        escape(out, row.textAt(6).empty() ? row.textAt(5) : row.textAt(6));
        out += "</a></th>\n<td class=\"govuk-table__cell mc-work__procedure\" data-label=\"Thủ tục\">";
        escape(out, row.textAt(7));
        out += "</td>\n<td class=\"govuk-table__cell\" data-label=\"Người nộp\">";
        escape(out, keys_.open(row.textAt(10), "dossier|applicant|" + id));
        out += "</td>\n<td class=\"govuk-table__cell mc-work__time\" data-label=\"Tiếp nhận\">";
        out += moment(row.integerAt(9));
        out += "</td>\n<td class=\"govuk-table__cell mc-work__step\" data-label=\"Bước\">";
        escape(out, row.textAt(2));
        if (const std::string holder{row.textAt(3)}; !holder.empty()) {
            out += "<span class=\"mc-line mc-muted\">";
            name_.text(1, holder);
            name_.step();
            escape(out, keys_.open(name_.textAt(0), "account|full_name|" + holder));
            name_.reset();
            out += "</span>";
        }
        out += "</td>\n<td class=\"govuk-table__cell\" data-label=\"Trạng thái\">";
        tag(out, "state-" + state, "Đang xử lý");
        out += "</td>\n<td class=\"govuk-table__cell mc-work__due\" data-label=\"Thời hạn\">";
        tag(out, std::string{"due-"} + light, (late ? "Quá hạn " : "Còn ") + span);
        out.append("<span class=\"mc-line mc-muted\">").append(moment(due)).append("</span></td>\n</tr>");
    }

    static void tag(std::string& out, const std::string& kind, const std::string& text) {
        out.append("<strong class=\"mc-tag mc-tag--").append(kind);
        out.append("\"><svg class=\"mc-icon\" aria-hidden=\"true\" focusable=\"false\"><use "
                   "href=\"/static/icons-8d1c61acfc.svg#tag-");
        out.append(kind).append("\"></use></svg>").append(text).append("</strong>");
    }

    void count(const std::string& account, const std::vector<std::pair<std::string, std::string>>& desks,
               const std::set<std::string>& agencies) {
        const std::int64_t now = nowMs();
        const std::int64_t bands[] = {INT64_MIN, now, now + 8 * 3'600'000, INT64_MAX};
        Statement& open =
            arms(counts_, desks.size(), "SELECT count(*) FROM (",
                 "SELECT 1 FROM process_task WHERE agency_id = ? AND role = ? AND state = 'open' AND "
                 "due_ms >= ? AND due_ms < ?",
                 " LIMIT 100)");
        for (int band = 0; band < 3; ++band) {
            int at = 0;
            for (const auto& [agency, role] : desks) {
                open.text(++at, agency);
                open.text(++at, role);
                open.integer(++at, bands[band]);
                open.integer(++at, bands[band + 1]);
            }
            open.runOnce();
        }
        mine_.text(1, account);
        mine_.runOnce();
        Statement& waiting = arms(waiting_, agencies.size(), "SELECT count(*) FROM (",
                                  "SELECT 1 FROM dossier WHERE agency = ? AND state = 5", " LIMIT 100)");
        int at = 0;
        for (const std::string& agency : agencies)
            waiting.text(++at, agency);
        waiting.runOnce();
    }

    sqlite3* database_;
    Keys keys_;
    Statement session_, roles_, name_, mine_;
    std::map<std::size_t, Statement> rowsOf_, counts_, waiting_;
    std::map<std::string, std::vector<std::string>> below_;
    std::string head_, tail_, hash_;
};

// The rows that a submit left, ready to be written again for another dossier.
class Submits {
public:
    Submits(sqlite3* database, std::string filed)
        : database_(database),
          filed_(std::move(filed)),
          begin_(database, "BEGIN IMMEDIATE"),
          commit_(database, "COMMIT"),
          update_(database, "UPDATE dossier SET number = ?, code = NULL, state = ?, phase = ?, version = ?, "
                            "open_answers = ?, "
                            "sealed_answers = ?, applicant = ?, quantity = ?, fee_dong = ?, changed_ms = ?, "
                            "submitted_ms = ?, "
                            "case_id = ?, submit_key = ? WHERE id = ?") {
        Statement row{
            database,
            "SELECT state, phase, version, open_answers, sealed_answers, applicant, quantity, fee_dong, "
            "changed_ms, submitted_ms, case_id FROM dossier WHERE id = '" +
                filed_ + "'"};
        if (!row.step()) throw std::runtime_error("no dossier " + filed_);
        const int places[] = {2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
        for (int column = 0; column < 11; ++column)
            sqlite3_bind_value(update_.handle(), places[column], sqlite3_column_value(row.handle(), column));
        take("dossier_event", "dossier", "");
        take("audit_record", "subject", " AND action <> 'dossier.begun'");
        take("process_instance", "subject", "");
        take("process_task", "subject", "");
        take("outbox", "subject", "");
        chain_ = std::make_unique<Statement>(
            database, "UPDATE audit_chain SET length = length + 1, hash = ? WHERE subject = ?");
    }

    void begin() { begin_.runOnce(); }
    void commit() { commit_.runOnce(); }

    void write(const std::string& dossier) {
        std::map<std::string, std::string, std::less<>> fresh{{filed_, dossier}};
        for (const std::string& id : ids_)
            fresh.emplace(id, id.substr(0, 14) + motcua::toHex(motcua::randomBytes(11)));
        const std::string number = "TN-261123-" + motcua::toHex(motcua::randomBytes(5));
        const std::string key = motcua::toHex(motcua::randomBytes(18));
        update_.text(1, number);
        update_.text(13, key);
        update_.text(14, dossier);
        update_.runOnce();
        for (const auto& row : rows_) {
            Statement& insert = *inserts_.at(row.table);
            for (std::size_t at = 0; at < row.values.size(); ++at) {
                const auto* value = row.values[at];
                const int place = static_cast<int>(at) + 1;
                if (const auto changed = row.texts[at].empty() ? fresh.end() : fresh.find(row.texts[at]);
                    changed != fresh.end())
                    insert.text(place, changed->second);
                else if (value)
                    sqlite3_bind_value(insert.handle(), place, value);
                else
                    sqlite3_bind_null(insert.handle(), place);
            }
            insert.runOnce();
            if (row.table == "audit_record") {
                chain_->blob(1, hash_);
                chain_->text(2, dossier);
                chain_->runOnce();
            }
        }
    }

private:
    struct Row {
        std::string table;
        std::vector<sqlite3_value*> values;
        std::vector<std::string> texts;
    };

    void take(const std::string& table, const std::string& column, const std::string& more) {
        Statement rows{database_,
                       "SELECT * FROM " + table + " WHERE " + column + " = '" + filed_ + "'" + more};
        const int columns = sqlite3_column_count(rows.handle());
        std::string places;
        for (int at = 0; at < columns; ++at)
            places += at == 0 ? "?" : ", ?";
        inserts_.emplace(table, std::make_unique<Statement>(database_, "INSERT INTO " + table + " VALUES (" +
                                                                           places + ")"));
        while (rows.step()) {
            Row row{table, {}, {}};
            for (int at = 0; at < columns; ++at) {
                const std::string_view name{sqlite3_column_name(rows.handle(), at)};
                auto* value = sqlite3_column_value(rows.handle(), at);
                row.values.push_back(name == "position" ? nullptr
                                                        : sqlite3_value_dup(value)); // a job gives it later
                const bool isText = sqlite3_column_type(rows.handle(), at) == SQLITE_TEXT;
                row.texts.emplace_back(isText ? rows.textAt(at) : "");
                if (isText && name == "id") ids_.insert(row.texts.back());
            }
            rows_.push_back(std::move(row));
        }
    }

    sqlite3* database_;
    std::string filed_;
    Statement begin_, commit_, update_;
    std::unique_ptr<Statement> chain_;
    std::map<std::string, std::unique_ptr<Statement>> inserts_;
    std::vector<Row> rows_;
    std::set<std::string> ids_;
    const std::string hash_ = std::string(32, 'h');
};

struct Asked {
    int client;
    std::string request;
};

class Server {
public:
    Server(int port, WorkList& works, Submits& submits, bool batched)
        : works_(works),
          submits_(submits),
          batched_(batched),
          listener_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
        ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on_, sizeof on_);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(listener_, 1024) != 0)
            throw std::runtime_error("cannot listen");
        watch(listener_);
    }

    [[noreturn]] void run() {
        std::array<epoll_event, 256> events;
        std::array<char, 16384> bytes;
        while (true) {
            const int count = ::epoll_wait(epoll_, events.data(), 256, -1);
            std::vector<Asked> writes;
            for (int i = 0; i < count; ++i) {
                const int fd = events[static_cast<std::size_t>(i)].data.fd;
                if (fd == listener_) {
                    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
                    ::setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on_, sizeof on_);
                    if (client >= 0) watch(client);
                    continue;
                }
                const auto got = ::recv(fd, bytes.data(), bytes.size(), 0);
                if (got <= 0) {
                    ::close(fd);
                    continue;
                }
                std::string request{bytes.data(), static_cast<std::size_t>(got)};
                if (request.starts_with("POST "))
                    writes.push_back({fd, std::move(request)});
                else
                    get(fd, request);
            }
            if (!writes.empty()) post(writes);
        }
    }

private:
    void watch(int fd) const {
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.fd = fd;
        ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
    }

    static void answer(int fd, const std::string& bytes) {
        if (::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size()))
            ::close(fd);
    }

    void get(int fd, const std::string& request) {
        const std::size_t cookie = request.find("motcua=");
        if (cookie == std::string::npos)
            return answer(fd, "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nHello, world!");
        body_.clear();
        works_.write(body_, std::string_view{request}.substr(cookie + 7, 43));
        answer(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: " +
                       std::to_string(body_.size()) + "\r\n\r\n" + body_);
    }

    void post(const std::vector<Asked>& writes) {
        const auto idOf = [](const Asked& asked) { return asked.request.substr(12, 36); }; // POST /ho-so/
        const auto told = [&](const Asked& asked) {
            answer(asked.client, "HTTP/1.1 303 See Other\r\nLocation: /ho-so/" + idOf(asked) +
                                     "/da-nop\r\nContent-Length: 0\r\n\r\n");
        };
        if (batched_) submits_.begin();
        for (const Asked& asked : writes) {
            if (!batched_) submits_.begin();
            submits_.write(idOf(asked));
            if (batched_) continue;
            submits_.commit();
            told(asked);
        }
        if (!batched_) return;
        submits_.commit();
        for (const Asked& asked : writes)
            told(asked);
    }

    WorkList& works_;
    Submits& submits_;
    bool batched_;
    int listener_;
    int epoll_ = ::epoll_create1(0);
    const int on_ = 1;
    std::string body_;
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 7) return 2;
    try {
        sqlite3* database = nullptr;
        sqlite3_open(argv[2], &database);
        sqlite3_exec(database, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-16000",
                     nullptr, nullptr, nullptr);
        WorkList works{database, argv[3], readFile(argv[4])};
        Submits submits{database, argv[5]};
        Server{std::atoi(argv[1]), works, submits, std::string_view{argv[6]} == "batched"}.run();
    } catch (const std::exception& problem) {
        std::cerr << "bench_bare_city: " << problem.what() << std::endl;
        return 1;
    }
}
