// The words of the command line: each explains itself, and runs either here or, where a server runs already,
// inside it.
#pragma once

#include "app/application.h"
#include "base/config.h"

#include <functional>
#include <string>
#include <vector>

namespace motcua::app {

// A line of a command's output, sent as it comes.
using Say = std::function<void(const std::string& line)>;

// What a command is given: its words, and the folder that relative paths are meant from.
struct Call {
    std::vector<std::string> arguments;
    std::string folder;

    std::string
    option(std::string_view name) const; // the word after `name`; "" where it does not stand there
    std::string path(const std::string& written) const;
};

struct Command {
    const char* name;      // "user create"
    const char* arguments; // "EMAIL NAME --role ROLE --agency AGENCY"
    const char* summary;   // one sentence
    // Answers the exit code. Errors are told by tellError().
    std::function<int(Application&, const Call&, const Say&)> run{};
    // Instead, of those that a running server must not have open, or that only one has: see command_line.
    std::function<int(const Settings&, const Call&, const Say&)> runClosed{};
    std::function<int(WebServer&, const Call&, const Say&)> runServing{};
};

// Those that work on the data are carried out by the running server itself, so that there is one writer only.
const std::vector<Command>& allCommands();

// The command whose name the words begin with (the longest), and the words after it; nullptr where there is
// none.
const Command* findCommand(const std::vector<std::string>& words, std::vector<std::string>& rest);

void tellError(const Error& error, const Say& say);

std::string helpText();

} // namespace motcua::app
