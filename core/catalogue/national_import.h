// Taking over the national catalogue (CSDL quốc gia về TTHC, G4) from a crawl of its pages: JSON lines,
// gzipped or not.
#pragma once

#include "catalogue/catalogue_service.h"
#include "catalogue/national_cells.h"

#include <functional>
#include <istream>
#include <set>
#include <string>
#include <vector>

namespace motcua::catalogue {

// What could not be read of one record: which of its keys, why, and the text that stood there (shortened).
struct ImportIssue {
    std::string code; // of the procedure; "line 17" where not even that could be read
    std::string field;
    national::Reason reason;
    std::string text;
};
Json toJson(const ImportIssue& issue);

struct ImportReport {
    int read = 0; // lines
    int added = 0;
    int changed = 0;
    int unchanged = 0;
    int kept = 0;    // the city has its own, which stays
    int refused = 0; // not taken over at all
    int whole = 0;   // records read without an issue
    std::vector<ImportIssue> issues{};
};

struct NationalRecord {
    Procedure procedure{};
    Field field{};
};

// One record of the crawl. Nothing where it has no code, name, level or field to be listed by.
std::optional<NationalRecord> readNational(const Json& record, std::vector<ImportIssue>& issues);

class NationalImport {
public:
    using Progress = std::function<void(const ImportReport&)>;

    explicit NationalImport(CatalogueService& catalogue) : catalogue_(catalogue) {}

    // Reads all of it; may be run again and then changes what has changed. `progress` is called after each
    // hundred records and at the end. Denied "catalogue.denied"; Invalid "catalogue.import_broken" where the
    // file ends in the middle (what came before it is taken over).
    Result<ImportReport> run(const Context& context, std::istream& in, bool gzipped,
                             const Progress& progress);

private:
    Result<void> take(const Context& context, NationalRecord record, ImportReport& report);

    CatalogueService& catalogue_;
    std::set<std::string> fields_{}; // known to stand in the database
};

} // namespace motcua::catalogue
