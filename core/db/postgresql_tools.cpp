#include "db/postgresql_tools.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cctype>
#include <cerrno>
#include <cstring>
#include <map>
#include <memory>
#include <vector>

extern char** environ;

namespace motcua::db {

namespace {

// The address as the variables that every program of PostgreSQL reads: a password has no place among
// arguments, which everybody on the machine sees.
Result<std::map<std::string, std::string>> environmentOf(const std::string& address) {
    static const std::map<std::string, std::string, std::less<>> special{
        {"dbname", "PGDATABASE"}, {"hostaddr", "PGHOSTADDR"}, {"application_name", "PGAPPNAME"}};
    char* said = nullptr;
    const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options{
        PQconninfoParse(address.c_str(), &said), &PQconninfoFree};
    if (!options) {
        const std::string detail = said ? said : "";
        PQfreemem(said);
        return Error{ErrorKind::Invalid, "db.bad_address", detail};
    }
    std::map<std::string, std::string> environment;
    for (const char* const* one = environ; *one; ++one) {
        const std::string_view pair{*one};
        const std::size_t mark = pair.find('=');
        if (mark != std::string_view::npos)
            environment[std::string{pair.substr(0, mark)}] = pair.substr(mark + 1);
    }
    for (const PQconninfoOption* option = options.get(); option->keyword; ++option) {
        if (!option->val) continue;
        const auto named = special.find(option->keyword);
        std::string name = "PG";
        for (const char* letter = option->keyword; *letter; ++letter)
            if (*letter != '_') name += static_cast<char>(std::toupper(static_cast<unsigned char>(*letter)));
        environment[named == special.end() ? name : named->second] = option->val;
    }
    return environment;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (std::string& text : texts)
        all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

std::string readAll(int descriptor) {
    std::string text;
    char piece[4096];
    for (;;) {
        const ssize_t got = ::read(descriptor, piece, sizeof piece);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return text;
        text.append(piece, static_cast<std::size_t>(got));
    }
}

// Runs it to its end; what it writes to standard error is the error's detail.
Result<void> run(const std::string& address, std::vector<std::string> words) {
    MOTCUA_TRY(variables, environmentOf(address));
    std::vector<std::string> environment;
    for (const auto& [name, value] : variables)
        environment.push_back(name + "=" + value);
    int pipe[2];
    if (::pipe2(pipe, O_CLOEXEC) != 0) return unavailable("db.tool_failed", std::strerror(errno));
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, pipe[1], 1);
    ::posix_spawn_file_actions_adddup2(&actions, pipe[1], 2);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    pid_t child = 0;
    const int failed = ::posix_spawnp(&child, words[0].c_str(), &actions, nullptr, pointers(words).data(),
                                      pointers(environment).data());
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(pipe[1]);
    const std::string said = failed == 0 ? readAll(pipe[0]) : std::string{};
    ::close(pipe[0]);
    if (failed == ENOENT) return unavailable("db.no_tool", words[0]);
    if (failed != 0) return unavailable("db.tool_failed", words[0] + ": " + std::strerror(failed));
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    return unavailable("db.tool_failed", words[0] + ": " + said.substr(0, 2000));
}

} // namespace

Result<void> dumpPostgresql(const std::string& address, const std::string& file) {
    return run(address, {"pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file=" + file});
}

Result<void> restorePostgresql(const std::string& address, const std::string& file, bool replace) {
    // pg_restore wants the database named; the rest of the address comes by the environment.
    MOTCUA_TRY(environment, environmentOf(address));
    std::vector<std::string> words{"pg_restore",      "--single-transaction",
                                   "--exit-on-error", "--no-owner",
                                   "--no-privileges", "--dbname=" + environment["PGDATABASE"]};
    if (replace) {
        words.push_back("--clean");
        words.push_back("--if-exists");
    }
    words.push_back(file);
    return run(address, std::move(words));
}

Result<PostgresqlState> lookAtPostgresql(const std::string& address) {
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection{PQconnectdb(address.c_str()), &PQfinish};
    if (PQstatus(connection.get()) != CONNECTION_OK)
        return unavailable("db.unreachable", PQerrorMessage(connection.get()));
    const std::unique_ptr<PGresult, decltype(&PQclear)> answer{
        PQexec(connection.get(),
               "SELECT to_regclass('schema_migration') IS NOT NULL, (SELECT count(*) FROM pg_stat_activity "
               "WHERE datname = current_database() AND pid <> pg_backend_pid() "
               "AND backend_type = 'client backend')"),
        &PQclear};
    if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK)
        return unavailable("db.unreachable", PQresultErrorMessage(answer.get()));
    return PostgresqlState{PQgetvalue(answer.get(), 0, 0)[0] == 't',
                           std::atoi(PQgetvalue(answer.get(), 0, 1))};
}

} // namespace motcua::db
