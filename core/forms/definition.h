// A form made usable: checked as a whole, its FEEL parsed once, its fields ordered so that each stands after
// those that it depends on. Immutable and cheap to copy; one serves all requests.
#pragma once

#include "forms/form.h"

#include <memory>
#include <string>
#include <vector>

namespace motcua::forms {

struct Program; // program.h, for this room only

// What is wrong with a form that can be read: `path` is where ("sections.child.birth_date"), `code` an i18n
// key below "error.", `detail` what it is about (a name, an expression, a cycle).
struct Finding {
    std::string path;
    std::string code;
    std::string detail{};
};

class Definition {
public:
    // Invalid "form.definition" with every finding as a field error.
    static Result<Definition> make(Form form);

    // Everything make() would refuse: duplicates, unknown references and options, cycles, conditions that can
    // never hold, fields that depend on later pages, limits that contradict each other, missing words.
    static std::vector<Finding> lint(const Form& form);

    const Form& form() const;
    const Program& program() const { return *program_; }

private:
    explicit Definition(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
    std::shared_ptr<const Program> program_;
};

} // namespace motcua::forms
