// What stands against running a process, element by element: shown to the administrator before publication.
#pragma once

#include "process/definition.h"

#include <string>
#include <string_view>
#include <vector>

namespace motcua::process {

struct Finding {
    enum class Weight { Error, Warning };

    Weight weight = Weight::Error;
    std::string code{};    // i18n key below "process.finding."
    std::string element{}; // its id
    std::string name{};    // as drawn
    int line = 0;
    std::string detail{}; // the tag, the attribute or the expression in question
};

struct Reading {
    Definition definition{};
    std::vector<Finding> findings{}; // of the file itself: elements and attributes that cannot be run
};

// Reads the one executable process of a BPMN 2.0 file. An Error is a file that is no BPMN (Invalid
// "process.xml", "process.no_process"); what can be read but not run becomes findings.
Result<Reading> readBpmn(std::string_view xml);

// Adds what the graph lacks: starts and ends, dead ends, conditions, roles, cycles without a wait.
std::vector<Finding> check(const Reading& reading);

bool runnable(const std::vector<Finding>& findings); // no errors among them

// "Line 12, userTask Thẩm định (task_2): no_role"
std::string describe(const Finding& finding);

} // namespace motcua::process
