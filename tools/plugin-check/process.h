// Runs one check in a process of its own, so that a crash or a hang is a result and no accident.
#pragma once

#include <string>
#include <vector>

namespace motcua::check {

struct Verdict {
    std::vector<std::string> problems{}; // none: it passed
    std::string output{};                // the last of what the process wrote
    double seconds = 0;
};

// Starts this program again with `arguments`; it reports on descriptor 3, one problem a line, and ends with
// the line "done".
Verdict runApart(const std::vector<std::string>& arguments, int timeoutSeconds);
// The other end of it.
void report(const std::vector<std::string>& problems);

} // namespace motcua::check
