// A procedure (thủ tục hành chính) and all that a citizen must know of it: who receives it, cases, limits,
// fees, papers, results, steps, legal basis.
#pragma once

#include "base/civil_day.h"
#include "base/money.h"
#include "calendar/calendar.h"
#include "yaml/reader.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace motcua::catalogue {

using calendar::Limit; // thời hạn giải quyết: "3 working_days", "same_day"
using yaml::Wording;

// Levels of the state that receive a procedure (cấp thực hiện).
enum class Level { Ministry, City, Department, District, Ward, Unit, Other };
// Whom it serves (đối tượng thực hiện).
enum class Audience {
    Citizen,
    Overseas, // người Việt Nam định cư ở nước ngoài
    Foreigner,
    Official, // cán bộ, công chức, viên chức
    Enterprise,
    ForeignEnterprise, // doanh nghiệp có vốn đầu tư nước ngoài
    Cooperative,
    Organisation,
    ForeignOrganisation
};
// How it may be filed (hình thức nộp).
enum class Channel { Online, Post, Direct };
// Databases that can supply a paper.
enum class Source { Population, CivilStatus, Residence, Land, Business, Health };
enum class FeeSetter { National, Council }; // Council: Hội đồng nhân dân
enum class FeeUnit { Dossier, Copy, Page, Case };
enum class ResultKind { Result, Notice, Refusal };
enum class StepActor { Applicant, OneStop, Specialist, Leader, Agency };

const char* name(Level value); // the words of the files: "ward", "online", …
const char* name(Audience value);
const char* name(Channel value);
const char* name(Source value);
const char* name(FeeSetter value);
const char* name(FeeUnit value);
const char* name(ResultKind value);
const char* name(StepActor value);
std::optional<Level> levelOf(std::string_view word);

struct Field { // lĩnh vực
    std::string id{};
    Wording name{};
    std::string ministry{}; // who publishes it on the national portal
    bool operator==(const Field&) const = default;
};

struct Fee {
    struct Tier {
        std::int64_t from; // the piece from which this price counts: "from the 3rd page"
        Money amount;
        bool operator==(const Tier&) const = default;
    };
    std::string id{};
    Wording name{};
    FeeSetter setBy = FeeSetter::National;
    std::optional<Money>
        amount{}; // for one unit; what a council sets is a setting and stands here once it is set
    std::optional<Money> demo{}; // shown and charged, marked as such, until the council's amount is set
    FeeUnit per = FeeUnit::Dossier;
    std::vector<Tier> tiers{};
    std::optional<Money> most{}; // for one copy, however many pages
    std::vector<std::string> exempt{};
    bool operator==(const Fee&) const = default;

    bool isDemo() const { return !amount && demo; }
    // For so many pages, copies, …; 1 for a fee on the dossier. Nothing where no amount is known.
    std::optional<Money> total(std::int64_t quantity) const;
};

// Nothing: the source does not say. Empty: free.
using Fees = std::optional<std::vector<Fee>>;

// One way of filing inside a case; what it leaves open is that of the case.
struct ChannelRule {
    Channel channel = Channel::Direct;
    std::optional<Limit> limit{};
    Fees fees{};
    bool operator==(const ChannelRule&) const = default;
};

struct Case { // trường hợp
    std::string id{};
    Wording name{};
    std::string when{}; // FEEL over the answers to `questions`; empty: always
    std::optional<Limit> limit{};
    struct Extension {
        Limit limit;
        std::string when; // in words: "Cần xác minh"
        bool operator==(const Extension&) const = default;
    };
    std::optional<Extension> extension{};
    Fees fees{};
    std::vector<ChannelRule> channels{};
    bool operator==(const Case&) const = default;

    const ChannelRule* rule(Channel channel) const;       // nullptr: cannot be filed so
    std::optional<Limit> limitFor(Channel channel) const; // nothing: not known, or cannot be filed so
    const Fees& feesFor(Channel channel) const;
};

struct Paper { // giấy tờ trong thành phần hồ sơ
    std::string id{};
    Wording name{};
    std::int64_t originals = 0;
    std::int64_t copies = 0;
    bool present = false; // shown at the counter and taken back (xuất trình), not handed in (nộp)
    bool form = false;    // the form of the procedure: an online form takes its place
    std::string needed{}; // FEEL over the answers; empty: always
    std::string templateFile{};
    bool reusable = false; // once verified, taken from the citizen's store
    std::optional<Source> source{};
    std::string note{};
    bool operator==(const Paper&) const = default;
};

struct ResultType {
    std::string code{}; // "KQ.G15.000031"; empty where the source gives none
    Wording name{};
    ResultKind kind = ResultKind::Result;
    bool operator==(const ResultType&) const = default;
};

struct Step {
    std::optional<StepActor> by{}; // nothing where the source does not say it in a way we can read
    std::string text{};
    bool operator==(const Step&) const = default;
};

struct LegalDocument {
    std::string number{}; // "60/2014/QH13"
    std::string name{};
    bool operator==(const LegalDocument&) const = default;
};

// What decides on cases and papers; asked before filing. Without choices it is yes or no.
struct Question {
    struct Choice {
        std::string value;
        Wording name;
        bool operator==(const Choice&) const = default;
    };
    std::string id{};
    Wording ask{};
    std::vector<Choice> choices{};
    bool operator==(const Question&) const = default;
};

struct Procedure {
    std::string code{};      // national: "1.001193"
    std::string localCode{}; // "1.001193.000.00.00.H29"
    Wording name{};
    Wording summary{};
    std::string field{};
    std::vector<Level> levels{};
    std::vector<std::string>
        agencies{}; // ids of those who alone receive it at these levels; empty: all of them
    std::string executes{};
    std::vector<std::string> coordinates{};
    // Who does the steps of a process unit by unit ("executing", "coordinating", "authority"): an agency's
    // id, or the word with which the ids of an office of every receiver begin ("phong-quan-ly-do-thi"). A
    // unit that is not named, and an office that a receiver does not have, is the receiver itself.
    std::map<std::string, std::string> units{};
    std::vector<Audience> serves{};
    std::optional<std::int64_t> onlineLevel{}; // 1 to 4, Circular 32/2017/TT-BTTTT
    bool ready = false;                        // has a package: form, process, templates
    std::string decision{};
    std::optional<CivilDay> effectiveFrom{};
    std::vector<std::string> search{}; // words that people use for it
    std::vector<Question> questions{};
    std::vector<Case> cases{};
    std::vector<Paper> papers{};
    std::vector<ResultType> results{};
    std::vector<Step> steps{};
    std::vector<std::string> requirements{};
    std::vector<std::string> notes{};
    std::vector<LegalDocument> legalBasis{};
    bool operator==(const Procedure&) const = default;

    const Case* findCase(std::string_view id) const;
    const Paper* findPaper(std::string_view id) const;
    bool canBeFiled(Channel channel) const; // in any case
};

// "1.001193".
bool isProcedureCode(std::string_view text);

} // namespace motcua::catalogue
