#include "db_test_support.h"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <sstream>
#include <thread>

namespace motcua::db::test {

pid_t startChild(const std::vector<std::string>& words, int& output) {
    const std::string program = std::filesystem::read_symlink("/proc/self/exe").parent_path() / "db_child";
    std::vector<char*> arguments{const_cast<char*>(program.c_str())};
    for (const auto& one : words)
        arguments.push_back(const_cast<char*>(one.c_str()));
    arguments.push_back(nullptr);
    int ends[2];
    if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(ends[1], 1);
        ::close(ends[0]);
        ::close(ends[1]);
        ::execv(program.c_str(), arguments.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    output = ends[0];
    return child;
}

std::vector<std::string> idsOfKilledWriter(const std::string& address, const std::string& prefix, int after) {
    int output = -1;
    const pid_t child = startChild({"write", address, prefix}, output);
    std::string said;
    char bytes[4096];
    bool killed = false;
    const auto take = [&] {
        const auto count = ::read(output, bytes, sizeof bytes);
        if (count > 0) said.append(bytes, static_cast<std::size_t>(count));
        return count > 0;
    };
    if (take()) {
        std::thread killer{[&] {
            std::this_thread::sleep_for(Millis{after}); // the random moment itself
            killed = ::kill(child, SIGKILL) == 0;
        }};
        while (take()) {
        }
        killer.join();
    }
    ::close(output);
    ::waitpid(child, nullptr, 0);
    if (!killed) throw std::runtime_error("the writing child ended by itself");
    std::vector<std::string> ids;
    std::istringstream lines{said.substr(0, said.rfind('\n') + 1)}; // the last line may be half of one
    for (std::string line; std::getline(lines, line);)
        ids.push_back(line);
    return ids;
}

} // namespace motcua::db::test
