#include "engine/casework.h"
#include "engine/intake.h"
#include "web/cli/commands.h"
#include "web/cli/people.h"
#include "web/enrollments_file.h"
#include "web/users_file.h"

#include <algorithm>
#include <functional>
#include <set>

namespace latchkey {
namespace {

constexpr std::int64_t kPage = 500;

using Line = std::map<std::string, std::string>;

/// Everybody, by user name, a page at a time.
void each_account(const Parts& parts, const std::function<void(const Account&)>& see) {
    for (std::string after;;) {
        const auto page = parts.accounts.page(after, kPage);
        for (const Account& account : page) see(account);
        if (page.size() < kPage) return;
        after = page.back().user_name;
    }
}

/// Lines to standard output, as CSV or as one JSON object each.
class Output {
 public:
    Output(std::vector<std::string> columns, bool json, Terminal& terminal)
        : columns_(std::move(columns)), json_(json), terminal_(terminal), table_(columns_) {
        if (!json_) terminal_.out() << table_.take();
    }

    void add(const Line& line) {
        if (!json_) {
            table_.add(line);
            terminal_.out() << table_.take();
            return;
        }
        nlohmann::ordered_json object = nlohmann::ordered_json::object();
        for (const auto& column : columns_)
            if (const auto value = line.find(column); value != line.end() && !value->second.empty())
                object[column] = value->second;
        terminal_.out() << object.dump(-1, ' ', false, Json::error_handler_t::replace) << "\n";
    }

 private:
    std::vector<std::string> columns_;
    bool json_;
    Terminal& terminal_;
    TableText table_;
};

void record_export(Application& application, const std::string& what) {
    application.record(activity(ActivityType::command_run, application.parts().clock.now(), {}, {},
                                command_origin(), "export " + what));
}

/// user_name, verification and the columns of all intakes.
std::vector<std::string> enrollment_columns(const Parts& parts, const Definitions& definitions) {
    std::vector<std::string> columns{"user_name", "verification"};
    for (const auto& configured : definitions.verifications) {
        const Verification* const type = parts.registry.find(configured.type);
        if (!type || !type->intake()) continue;
        for (const Field& field : type->intake()->columns(configured.settings))
            if (std::ranges::count(columns, field.key) == 0) columns.push_back(field.key);
    }
    for (const auto fact : kEnrollmentFacts) columns.emplace_back(fact);
    return columns;
}

std::vector<Line> lines_of(const Parts& parts, const Definitions& definitions,
                           const Enrollment& held) {
    const auto* configured = find_verification(definitions, held.verification);
    const Verification* const type = configured ? parts.registry.find(configured->type) : nullptr;
    std::vector<HeldRecord> records(1);
    if (type && type->intake()) records = type->intake()->give(held.data);
    std::vector<Line> lines;
    for (const HeldRecord& record : records) {
        Line line(record.values.begin(), record.values.end());
        line["state"] = name(record.confirmed ? held.state : EnrollmentState::imported);
        line["source"] = held.source;
        line["changed_at"] = rfc3339(held.changed_at);
        line["used_at"] = held.used_at ? rfc3339(*held.used_at) : "";
        lines.push_back(std::move(line));
    }
    return lines;
}

}  // namespace

int export_users_command(Application& application, bool json, Terminal& terminal) {
    const Parts& parts = application.parts();
    std::set<std::string> attributes;
    each_account(parts, [&](const Account& account) {
        for (const auto& [attribute, value] : account.attributes) attributes.insert(attribute);
    });
    record_export(application, "users");
    Output out(users_columns({attributes.begin(), attributes.end()}), json, terminal);
    each_account(parts, [&](const Account& account) { out.add(users_line(account)); });
    return 0;
}

int export_enrollments_command(Application& application, bool json, Terminal& terminal) {
    const Parts& parts = application.parts();
    const auto definitions = parts.processes.definitions();
    record_export(application, "enrollments");
    Output out(enrollment_columns(parts, *definitions), json, terminal);
    each_account(parts, [&](const Account& account) {
        for (const Enrollment& held : parts.enrollments.of(account.id)) {
            if (held.state == EnrollmentState::revoked) continue;
            for (Line& line : lines_of(parts, *definitions, held)) {
                line["user_name"] = account.user_name;
                line["verification"] = held.verification;
                out.add(line);
            }
        }
    });
    return 0;
}

int audit_export_command(Application& application, const AuditExportOptions& options,
                         Terminal& terminal) {
    record_export(application, "audit");
    const std::vector<std::string> columns{"sequence", "at",      "type",    "actor",
                                           "account",  "request", "channel", "network",
                                           "reason",   "details", "link"};
    Output out(columns, !options.csv, terminal);
    application.each_activity(options.after, [&](std::int64_t sequence, const std::string& line,
                                                 const std::string& link) {
        if (!options.csv) {
            // Written anew the entry gives the very bytes of which the chain is made.
            const nlohmann::ordered_json entry{{"sequence", sequence},
                                               {"link", link},
                                               {"entry", nlohmann::ordered_json::parse(line)}};
            terminal.out() << entry.dump(-1, ' ', true) << "\n";
            return;
        }
        Line record{{"sequence", std::to_string(sequence)}, {"link", link}};
        const Json parsed = Json::parse(line);
        for (const auto& [key, value] : parsed.items())
            record[key] = value.is_string() ? value.get<std::string>() : value.dump();
        out.add(record);
    });
    return 0;
}

}  // namespace latchkey
