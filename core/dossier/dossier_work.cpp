// The work list: a page of open steps or of waiting dossiers, with what officials read of each dossier.
// However many dossiers there are, it asks the database the same few questions and opens one page's names.
#include "agency/agency_policy.h"
#include "base/id.h"
#include "base/text.h"
#include "dossier/dossier_policy.h"
#include "dossier/dossier_service.h"
#include "process/process_policy.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <unordered_map>

namespace motcua::dossier {

namespace {

constexpr int kPagesLookedThrough = 6;    // of the work list, for what may be approved
constexpr std::int64_t kProcedures = 100; // that the words of a search may mean
constexpr std::size_t kShortestCode = 4;

// "1764000000000.0192…": where a page ends, as it stands in an address.
std::string textOf(const process::Mark& mark) {
    return std::to_string(mark.due.ms) + "." + mark.id;
}

// Nothing for what no page has given out.
std::optional<process::Mark> markOf(std::string_view text, bool backwards) {
    process::Mark mark;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), mark.due.ms);
    if (fault != std::errc{} || end == text.data() + text.size() || *end != '.') return std::nullopt;
    mark.id = text.substr(static_cast<std::size_t>(end + 1 - text.data()));
    if (!isId(mark.id)) return std::nullopt;
    mark.backwards = backwards;
    return mark;
}

void narrow(process::Openings& openings, Urgency urgency, const Pressing& at) {
    if (urgency == Urgency::Late) openings.until = at.now;
    if (urgency == Urgency::Soon) openings.from = at.now;
    if (urgency == Urgency::Soon) openings.until = at.soon;
    if (urgency == Urgency::InTime) openings.from = at.soon;
}

// The official's desk, by whose working time his list is told apart.
std::string deskOf(const Actor& actor) {
    return actor.regions.empty() ? std::string{} : actor.regions.front();
}

// Where the page asked for begins or ends.
process::Mark markAsked(const WorkAsked& asked) {
    if (const auto before = markOf(asked.before, true)) return *before;
    return markOf(asked.after, false).value_or(process::Mark{});
}

// Cuts what was read beyond the page, and says what stands on either side.
template <typename Item, typename MarkOf>
void cutPage(WorkPage& page, std::vector<Item>& items, const process::Mark& mark, int limit, MarkOf of) {
    const auto most = static_cast<std::size_t>(limit);
    const bool more = items.size() > most;
    if (more && mark.backwards)
        items.erase(items.begin(), items.end() - limit);
    else if (more)
        items.resize(most);
    page.hasBefore = mark.backwards ? more : !mark.id.empty();
    page.hasAfter = mark.backwards || more;
    if (items.empty()) return;
    page.first = textOf(of(items.front()));
    page.last = textOf(of(items.back()));
}

} // namespace

// The agencies of the actor's regions, and each role where it holds: what a list may read.
DossierService::Reach DossierService::reachOf(const Context& context) {
    Reach reach{rooms_.agencies.tree(context), civilDay(rooms_.clock.now()), {}, {}};
    std::set<std::string> seen;
    std::set<std::pair<std::string, std::string>> desks;
    for (const std::string& role : context.actor.roles) {
        if (role == administrator) continue;
        for (const std::string& region : agency::regionsOf(context.actor, role))
            for (const agency::Agency* below : reach.tree->subtree(region, reach.today)) {
                if (seen.insert(below->id).second) reach.agencies.push_back(below->id);
                if (desks.emplace(below->id, role).second) reach.desks.push_back({below->id, role});
            }
    }
    return reach;
}

// What of these steps and dossiers the actor may see, in the order of `wanted`.
std::vector<WorkRow> DossierService::workRows(const Context& context, db::Reader& tx, const Reach& reach,
                                              std::vector<WorkItem> wanted) {
    std::vector<std::string> ids;
    for (const WorkItem& item : wanted)
        ids.push_back(item.dossier);
    const auto all = repository_.listed(tx, ids);
    std::unordered_map<std::string_view, const DossierRepository::Listed*> found;
    for (const auto& listed : all)
        found.emplace(listed.dossier.id, &listed);
    std::vector<std::string_view> sealed;
    std::erase_if(wanted, [&](const WorkItem& item) {
        const auto at = found.find(item.dossier);
        const bool shown =
            at != found.end() &&
            (maySee(context.actor, at->second->dossier, *reach.tree, reach.today) ||
             (item.step && process::mayWork(context.actor, *item.step, *reach.tree, reach.today)));
        if (shown) sealed.push_back(at->second->applicant);
        return !shown;
    });
    repository_.fetchKeys(tx, sealed);
    std::vector<WorkRow> rows;
    rows.reserve(wanted.size());
    for (WorkItem& item : wanted) {
        const auto& [dossier, applicant] = *found.find(item.dossier)->second;
        rows.push_back({dossier.id, dossier.number, dossier.code, dossier.procedureName,
                        repository_.applicant(tx, dossier.id, applicant), dossier.state, dossier.submittedAt,
                        std::move(item.step)});
    }
    return rows;
}

WorkPage DossierService::pageOfSteps(const Context& context, db::Reader& tx, const Reach& reach,
                                     const WorkAsked& asked, std::vector<std::string> procedures) {
    process::Openings openings{reach.desks, {}, {INT64_MIN}, {INT64_MAX}, std::move(procedures)};
    if (asked.show == WorkAsked::Show::Mine) openings.holder = context.actor.id;
    narrow(openings, asked.urgency, pressing(context, deskOf(context.actor)));
    process::Mark mark = markAsked(asked);
    auto steps = rooms_.processes.open(tx, openings, mark, asked.limit + 1);
    if (mark.backwards && steps.size() <= static_cast<std::size_t>(asked.limit)) {
        mark = {}; // nothing stands before it: a whole first page
        steps = rooms_.processes.open(tx, openings, mark, asked.limit + 1);
    }
    WorkPage page;
    cutPage(page, steps, mark, asked.limit, [](const process::Task& step) { return process::markOf(step); });
    std::vector<WorkItem> items;
    for (process::Task& step : steps) {
        std::string dossier = step.subject;
        items.push_back({std::move(dossier), std::move(step)});
    }
    page.rows = workRows(context, tx, reach, std::move(items));
    return page;
}

WorkPage DossierService::pageOfWaiting(const Context& context, db::Reader& tx, const Reach& reach,
                                       const WorkAsked& asked, const std::vector<std::string>& procedures) {
    process::Mark mark = markAsked(asked);
    auto waiting = repository_.waiting(tx, reach.agencies, procedures, mark, asked.limit + 1);
    if (mark.backwards && waiting.size() <= static_cast<std::size_t>(asked.limit)) {
        mark = {};
        waiting = repository_.waiting(tx, reach.agencies, procedures, mark, asked.limit + 1);
    }
    WorkPage page;
    cutPage(page, waiting, mark, asked.limit, [](const process::Mark& at) { return at; });
    std::vector<WorkItem> items;
    for (const process::Mark& at : waiting)
        items.push_back({at.id, std::nullopt});
    page.rows = workRows(context, tx, reach, std::move(items));
    return page;
}

// The dossiers whose number or code begins so, each with a step that the actor may work on, else any.
std::vector<WorkRow> DossierService::rowsByCode(const Context& context, db::Reader& tx, const Reach& reach,
                                                const std::string& text, int limit) {
    const auto ids = repository_.idsByPrefix(tx, text, limit);
    std::map<std::string, process::Task> steps;
    for (process::Task& step : rooms_.processes.openOfAll(tx, ids)) {
        const auto at = steps.find(step.subject);
        if (at == steps.end()) {
            std::string subject = step.subject;
            steps.emplace(std::move(subject), std::move(step));
        } else if (!process::mayWork(context.actor, at->second, *reach.tree, reach.today) &&
                   process::mayWork(context.actor, step, *reach.tree, reach.today)) {
            at->second = std::move(step);
        }
    }
    std::vector<WorkItem> items;
    for (const std::string& id : ids) {
        const auto at = steps.find(id);
        items.push_back({id, at == steps.end() ? std::nullopt : std::optional{std::move(at->second)}});
    }
    return workRows(context, tx, reach, std::move(items));
}

Result<WorkPage> DossierService::workList(const Context& context, const WorkAsked& asked) {
    if (context.actor.kind != ActorKind::Official) return WorkPage{};
    const Reach reach = reachOf(context);
    const std::string words = text::trim(asked.words);
    return rooms_.database.read(context, [&](db::Reader& tx) -> Result<WorkPage> {
        std::vector<std::string> procedures;
        if (!words.empty()) {
            WorkPage page;
            if (words.size() >= kShortestCode && words.find(' ') == std::string::npos)
                page.rows = rowsByCode(context, tx, reach, normalCode(words), asked.limit);
            if (!page.rows.empty()) return page;
            MOTCUA_TRY(meant, rooms_.catalogue.list(context, words, {}, {}, kProcedures));
            for (const catalogue::Summary& summary : meant.items)
                procedures.push_back(summary.code);
            if (procedures.empty()) return page;
        }
        if (asked.show == WorkAsked::Show::Waiting)
            return pageOfWaiting(context, tx, reach, asked, procedures);
        return pageOfSteps(context, tx, reach, asked, std::move(procedures));
    });
}

Result<std::vector<WorkRow>> DossierService::approvable(const Context& context, std::size_t most) {
    std::vector<WorkRow> found;
    if (context.actor.kind != ActorKind::Official) return found;
    const Reach reach = reachOf(context);
    WorkAsked asked;
    for (int pages = 0; pages < kPagesLookedThrough; ++pages) {
        MOTCUA_TRY(page, workList(context, asked));
        rooms_.database.read(context, [&](db::Reader& tx) {
            for (WorkRow& row : page.rows) {
                if (!row.step || found.size() >= most) continue;
                const auto view = rooms_.processes.task(tx, row.step->id);
                if (!view || !process::mayWork(context.actor, view->task, *reach.tree, reach.today)) continue;
                const auto& actions = view->directions.actions;
                if (std::find(actions.begin(), actions.end(), "approve") != actions.end())
                    found.push_back(std::move(row));
            }
        });
        if (!page.hasAfter || found.size() >= most) break;
        asked.after = page.last;
    }
    return found;
}

Pressing DossierService::pressing(const Context& context, const std::string& agency) {
    const Instant now = rooms_.clock.now();
    const auto calendars = rooms_.calendars.calendars(context);
    const auto calendar = calendars.of(agency, civilDay(now));
    return {now, calendar ? (*calendar)->addWorkingTime(now, kDueSoon) : now + kDueSoon};
}

WorkCounts DossierService::workCounts(const Context& context) {
    if (context.actor.kind != ActorKind::Official) return {};
    const Reach reach = reachOf(context);
    const Pressing at = pressing(context, deskOf(context.actor));
    return rooms_.database.read(context, [&](db::Reader& tx) {
        const auto counted = [&](Urgency urgency) {
            process::Openings openings;
            openings.desks = reach.desks;
            narrow(openings, urgency, at);
            return rooms_.processes.countOpen(tx, openings, kCountedWork);
        };
        WorkCounts counts;
        counts.late = counted(Urgency::Late);
        counts.soon = counted(Urgency::Soon);
        counts.inTime = counted(Urgency::InTime);
        counts.all = std::min(kCountedWork, counts.late + counts.soon + counts.inTime);
        process::Openings held;
        held.holder = context.actor.id;
        counts.mine = rooms_.processes.countOpen(tx, held, kCountedWork);
        counts.waiting = repository_.countWaiting(tx, reach.agencies, kCountedWork);
        return counts;
    });
}

} // namespace motcua::dossier
