#include "process.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace motcua::check {

namespace {

using Steady = std::chrono::steady_clock;
constexpr std::size_t mostOutput = 1 << 16;

// In the child: never returns.
[[noreturn]] void become(const std::vector<std::string>& arguments, int reporting, int talking) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::setpgid(0, 0);
    // Above all that is put in their place.
    const int from = ::fcntl(reporting, F_DUPFD, 10), to = ::fcntl(talking, F_DUPFD, 10);
    ::dup2(to, 1);
    ::dup2(to, 2);
    ::dup2(from, 3);
    ::close_range(4, ~0u, 0);
    std::vector<char*> pointers;
    for (const std::string& argument : arguments)
        pointers.push_back(const_cast<char*>(argument.c_str()));
    pointers.push_back(nullptr);
    ::execv("/proc/self/exe", pointers.data());
    ::_exit(127);
}

std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> all;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        all.push_back(text.substr(at, end - at));
        at = end + 1;
    }
    return all;
}

// What a sanitizer says, where one ended the process.
std::string reasonIn(const std::string& output) {
    for (const std::string& line : linesOf(output))
        for (const char* mark : {"runtime error: ", "ERROR: "})
            if (const std::size_t at = line.find(mark); at != std::string::npos)
                return " (" + line.substr(at) + ")";
    return "";
}

// Reads both pipes to their end or until the time is over; false: it is over.
bool drain(pollfd (&ends)[2], std::string (&into)[2], Steady::time_point until) {
    char buffer[4096];
    while (ends[0].fd >= 0 || ends[1].fd >= 0) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - Steady::now()).count();
        if (left <= 0) return false;
        ::poll(ends, 2, static_cast<int>(std::min<long>(left, 1'000)));
        for (int i = 0; i < 2; ++i) {
            if (ends[i].fd < 0 || ends[i].revents == 0) continue;
            const ssize_t got = ::read(ends[i].fd, buffer, sizeof buffer);
            if (got <= 0) {
                ends[i].fd = -1;
                continue;
            }
            into[i].append(buffer, static_cast<std::size_t>(got));
            if (into[i].size() > mostOutput) into[i].erase(0, into[i].size() - mostOutput);
        }
    }
    return true;
}

} // namespace

Verdict runApart(const std::vector<std::string>& arguments, int timeoutSeconds) {
    const auto began = Steady::now();
    int reporting[2], talking[2];
    if (::pipe2(reporting, O_CLOEXEC) != 0 || ::pipe2(talking, O_CLOEXEC) != 0) return {{"no pipe"}, {}, 0};
    const pid_t child = ::fork();
    if (child == 0) become(arguments, reporting[1], talking[1]);
    ::close(reporting[1]);
    ::close(talking[1]);
    pollfd ends[2]{{reporting[0], POLLIN, 0}, {talking[0], POLLIN, 0}};
    std::string texts[2];
    const bool ended = child > 0 && drain(ends, texts, began + std::chrono::seconds{timeoutSeconds});
    if (!ended && child > 0) ::kill(-child, SIGKILL);
    ::close(reporting[0]);
    ::close(talking[0]);
    int status = 0;
    if (child > 0) ::waitpid(child, &status, 0);

    Verdict verdict{linesOf(texts[0]), texts[1],
                    std::chrono::duration<double>(Steady::now() - began).count()};
    const bool done = !verdict.problems.empty() && verdict.problems.back() == "done";
    if (done) verdict.problems.pop_back();
    if (!ended) {
        verdict.problems.push_back("hangs: no end after " + std::to_string(timeoutSeconds) + " s");
    } else if (WIFSIGNALED(status)) {
        verdict.problems.push_back(std::string{"crashed: "} + ::strsignal(WTERMSIG(status)));
    } else if (!done || WEXITSTATUS(status) != 0) {
        verdict.problems.push_back("crashed: the process ended with status " +
                                   std::to_string(WEXITSTATUS(status)) + reasonIn(verdict.output));
    }
    return verdict;
}

void report(const std::vector<std::string>& problems) {
    std::string all;
    for (std::string one : problems) {
        std::replace(one.begin(), one.end(), '\n', ' ');
        all += one + '\n';
    }
    all += "done\n";
    for (std::size_t at = 0; at < all.size();) {
        const ssize_t wrote = ::write(3, all.data() + at, all.size() - at);
        if (wrote <= 0) return;
        at += static_cast<std::size_t>(wrote);
    }
}

} // namespace motcua::check
