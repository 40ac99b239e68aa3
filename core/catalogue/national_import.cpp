#include "catalogue/national_import.h"

#include "base/text.h"
#include "catalogue/catalogue_json.h"
#include "catalogue/catalogue_policy.h"

#include <Poco/InflatingStream.h>

#include <algorithm>
#include <set>

namespace motcua::catalogue {

namespace {

using national::Reason;

constexpr std::size_t longestLine = 1 << 20;
constexpr std::size_t shownText = 160;
constexpr int progressEvery = 100;

constexpr const char* kCode = "ma_thu_tuc";
constexpr const char* kName = "ten_thu_tuc";
constexpr const char* kField = "linh_vuc";
constexpr const char* kLevels = "cap_thuc_hien";

const std::pair<std::string_view, std::string_view> ministries[] = {
    {"bo-tai-chinh", "Bộ Tài chính"},
    {"bo-nong-nghiep-mt", "Bộ Nông nghiệp và Môi trường"},
    {"bo-xay-dung", "Bộ Xây dựng"},
    {"bo-cong-an", "Bộ Công an"},
    {"ngan-hang-nha-nuoc", "Ngân hàng Nhà nước Việt Nam"},
    {"bo-tu-phap", "Bộ Tư pháp"},
    {"toa-an-nhan-dan", "Tòa án nhân dân"}};

std::string slug(std::string_view text) {
    std::string made = text::fold(text);
    std::replace(made.begin(), made.end(), ' ', '-');
    return made;
}

// Reads one record's keys and keeps its issues.
class RecordReader {
public:
    RecordReader(const Json& record, std::vector<ImportIssue>& issues) : record_(record), issues_(issues) {
        code_ = text(kCode);
    }

    const std::string& code() const { return code_; }

    std::string text(const char* key) { return text::clean(record_[key].string()).value_or(std::string{}); }

    national::Tell tell(const char* key) {
        return [this, key](Reason reason, std::string_view text) { add(key, reason, text); };
    }

    void add(const char* key, Reason reason, std::string_view text) {
        issues_.push_back({code_, key, reason, text::shorten(national::oneLine(text), shownText)});
    }

    // A short cell: a name, not prose.
    std::string label(const char* key) {
        const std::string whole = text(key);
        const std::string line = national::oneLine(whole);
        if (national::saysNothing(line)) return {};
        if (whole.find('\n') == std::string::npos && line.size() <= 1000) return line;
        add(key, Reason::RunTogether, line);
        return {};
    }

private:
    const Json& record_;
    std::vector<ImportIssue>& issues_;
    std::string code_;
};

bool hasWhatAListNeeds(RecordReader& in, const Procedure& procedure) {
    bool complete = true;
    const auto need = [&](bool there, const char* key, Reason reason) {
        if (there) return;
        in.add(key, reason, in.text(key));
        complete = false;
    };
    need(isProcedureCode(procedure.code), kCode, Reason::BadCode);
    need(!procedure.name.vi.empty(), kName, Reason::Missing);
    need(!procedure.field.empty(), kField, Reason::Missing);
    need(!procedure.levels.empty(), kLevels, Reason::Missing);
    return complete;
}

} // namespace

Json toJson(const ImportIssue& issue) {
    return Json::object()
        .set("code", issue.code)
        .set("field", issue.field)
        .set("reason", national::name(issue.reason))
        .set("text", issue.text);
}

std::optional<NationalRecord> readNational(const Json& record, std::vector<ImportIssue>& issues) {
    RecordReader in{record, issues};
    NationalRecord made;
    auto& procedure = made.procedure;
    procedure.code = in.code();
    procedure.name = {national::oneLine(in.text(kName)), {}};
    made.field = {slug(in.text(kField)), {national::oneLine(in.text(kField)), {}}, {}};
    procedure.field = made.field.id;
    const std::string ministry = in.text("bo_nganh");
    for (const auto& [key, name] : ministries)
        if (key == ministry) made.field.ministry = name;
    procedure.levels = national::readLevels(in.text(kLevels), in.tell(kLevels));
    if (!hasWhatAListNeeds(in, procedure)) return std::nullopt;

    procedure.serves =
        national::readAudiences(in.text("doi_tuong_thuc_hien"), in.tell("doi_tuong_thuc_hien"));
    procedure.decision = in.label("so_quyet_dinh");
    procedure.executes = in.label("co_quan_thuc_hien");
    if (auto others = in.label("co_quan_phoi_hop"); !others.empty())
        procedure.coordinates.push_back(std::move(others));
    procedure.cases = national::readChannels(in.text("cach_thuc_thuc_hien"), in.tell("cach_thuc_thuc_hien"));
    auto papers = national::readPapers(in.text("thanh_phan_ho_so"), in.tell("thanh_phan_ho_so"));
    procedure.papers = std::move(papers.papers);
    procedure.notes = std::move(papers.notes);
    procedure.results = national::readResults(in.text("ket_qua_xu_ly"), in.tell("ket_qua_xu_ly"));
    for (auto& line : national::readParagraphs(in.text("trinh_tu_thuc_hien"), in.tell("trinh_tu_thuc_hien")))
        procedure.steps.push_back({{}, std::move(line)});
    procedure.requirements =
        national::readParagraphs(in.text("yeu_cau_dieu_kien"), in.tell("yeu_cau_dieu_kien"));
    procedure.legalBasis = national::readLegalBasis(in.text("can_cu_phap_ly"), in.tell("can_cu_phap_ly"));
    return made;
}

Result<void> NationalImport::take(const Context& context, NationalRecord record, ImportReport& report) {
    const auto own = catalogue_.database_.read(
        context, [&](db::Reader& reader) { return newestVersion(reader, record.procedure.code); });
    if (own && own->origin == "city") {
        ++report.kept;
        return {};
    }
    if (fields_.insert(record.field.id).second) {
        MOTCUA_CHECK(catalogue_.database_.write(context, [&](db::Writer& writer) -> Result<void> {
            addField(writer, record.field);
            return {};
        }));
    }
    MOTCUA_TRY(outcome, catalogue_.store(context, record.procedure, "national"));
    report.added += outcome == CatalogueService::Outcome::Added;
    report.changed += outcome == CatalogueService::Outcome::Changed;
    report.unchanged += outcome == CatalogueService::Outcome::Unchanged;
    return {};
}

Result<ImportReport> NationalImport::run(const Context& context, std::istream& in, bool gzipped,
                                         const Progress& progress) {
    const auto agencies = catalogue_.agencies_.tree(context);
    if (!mayChange(context.actor, *agencies, catalogue_.today())) return denied("catalogue.denied");
    Poco::InflatingInputStream inflated{in, Poco::InflatingStreamBuf::STREAM_GZIP};
    std::istream& lines = gzipped ? inflated : in;
    ImportReport report;
    std::set<std::string> seen;
    std::string line;
    while (std::getline(lines, line)) {
        if (line.empty()) continue;
        ++report.read;
        const std::string place = "line " + std::to_string(report.read);
        const std::size_t issuesBefore = report.issues.size();
        const auto parsed = Json::parse(line, {longestLine, 8});
        if (!parsed || !parsed->isObject()) {
            report.issues.push_back({place, "", Reason::NotJson, text::shorten(line, shownText)});
            ++report.refused;
            continue;
        }
        auto record = readNational(*parsed, report.issues);
        if (record && !seen.insert(record->procedure.code).second) {
            report.issues.push_back({record->procedure.code, kCode, Reason::Twice, place});
            record.reset();
        }
        report.refused += !record;
        report.whole += report.issues.size() == issuesBefore;
        if (record) MOTCUA_CHECK(take(context, *std::move(record), report));
        if (progress && report.read % progressEvery == 0) progress(report);
    }
    if (gzipped && (inflated.bad() || !inflated.eof())) {
        Error error = invalid("catalogue.import_broken");
        error.params = {{"line", std::to_string(report.read)}};
        return error;
    }
    if (progress) progress(report);
    return report;
}

} // namespace motcua::catalogue
