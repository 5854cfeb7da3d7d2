#include "engine/enrollment_import.h"
#include "web/cli/commands.h"
#include "web/cli/people.h"
#include "web/enrollments_file.h"
#include "web/users_file.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <fstream>
#include <functional>
#include <mutex>
#include <sstream>
#include <thread>

namespace latchkey {
namespace {

std::string content_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw CommandFailure(file.string() + ": cannot be read");
    std::stringstream out;
    out << in.rdbuf();
    return out.str();
}

/// What an import says in the end: how many records became what, and each line that was not taken.
class Report {
 public:
    Report(const ImportOptions& options, std::vector<std::string> outcomes, Terminal& terminal)
        : options_(options), terminal_(terminal), outcomes_(std::move(outcomes)) {}

    void count(const std::string& outcome) { ++counts_[outcome]; }
    void add(std::size_t line, std::string reason) {
        problems_.push_back({line, std::move(reason)});
    }
    bool clean() const { return problems_.empty(); }

    /// Nothing is imported from a file with bad lines, unless one goes on.
    bool may_go_on() const { return clean() || options_.keep_going; }

    int end() {
        std::ranges::sort(problems_, {}, &LineProblem::line);
        if (options_.json)
            print_json();
        else
            print();
        return clean() ? 0 : 1;
    }

 private:
    bool nothing_done() const { return options_.dry_run || !may_go_on(); }

    void print_json() {
        nlohmann::ordered_json out;
        for (const auto& outcome : outcomes_) out[outcome] = may_go_on() ? counts_[outcome] : 0;
        out["dry_run"] = options_.dry_run;
        out["problems"] = Json::array();
        for (const auto& [line, reason] : problems_)
            out["problems"].push_back({{"line", line}, {"reason", reason}});
        terminal_.out() << out.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
    }

    void print() {
        for (const auto& [line, reason] : problems_)
            terminal_.err() << options_.file.string() << ":" << line << ": " << reason << "\n";
        if (!may_go_on()) {
            terminal_.err() << "Nothing was imported. Mend these lines, or import the others with "
                               "--keep-going.\n";
            return;
        }
        std::string sums;
        for (const auto& outcome : outcomes_)
            sums += outcome + " " + std::to_string(counts_[outcome]) + ", ";
        sums.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(sums.front())));
        terminal_.out() << (nothing_done() ? "Dry run, nothing was imported. " : "") << sums
                        << "refused " << problems_.size() << ".\n";
    }

    const ImportOptions& options_;
    Terminal& terminal_;
    std::vector<std::string> outcomes_;
    std::map<std::string, std::int64_t> counts_;
    std::vector<LineProblem> problems_;
};

std::string word_of(Saved saved) {
    return saved == Saved::added ? "added" : saved == Saved::updated ? "updated" : "unchanged";
}

constexpr std::size_t kSavedAtOnce = 16;  // they share commits, and slow hashes run side by side

/// `done` is called for each, by one thread at a time. The first failure ends it and is thrown.
void save_users(const Parts& parts, const UsersFile& users,
                const std::function<void(Saved)>& done) {
    const auto& rows = users.rows;  // each of another person
    std::atomic<std::size_t> next = 0;
    std::mutex mutex;
    std::exception_ptr failure;
    const auto save = [&] {
        for (std::size_t i = next++; i < rows.size(); i = next++) {
            try {
                const Saved saved = save_user(parts, rows[i], users.columns, "import");
                const std::lock_guard lock(mutex);
                done(saved);
            } catch (...) {
                const std::lock_guard lock(mutex);
                if (!failure) failure = std::current_exception();
                next = rows.size();
            }
        }
    };
    {
        std::vector<std::jthread> threads;
        for (std::size_t i = 0; i < kSavedAtOnce; ++i) threads.emplace_back(save);
    }
    if (failure) std::rethrow_exception(failure);
}

std::string word_of(EnrollmentImport::Outcome outcome) {
    using enum EnrollmentImport::Outcome;
    return outcome == added ? "added" : outcome == replaced ? "replaced" : "unchanged";
}

}  // namespace

int import_users_command(Application& application, const ImportOptions& options,
                         Terminal& terminal) {
    const Parts& parts = application.parts();
    UsersFile users = parse_users(content_of(options.file));
    Report report(options, {"added", "updated", "unchanged"}, terminal);
    for (auto& [line, reason] : users.problems) report.add(line, std::move(reason));
    std::erase_if(users.rows, [&](const UserRow& row) {
        if (row.password.empty()) return false;
        const auto faults =
            password_faults(parts, application.catalogs(), row.account, row.password);
        if (faults.empty()) return false;
        std::string reason = "the password is refused, leave it empty or choose another:";
        for (const auto& fault : faults) reason += " " + fault;
        report.add(row.line, std::move(reason));
        return true;
    });
    if (report.may_go_on()) {
        ProgressBar progress(terminal, users.rows.size());
        const auto count = [&](Saved saved) {
            report.count(word_of(saved));
            progress.advance();
        };
        if (options.dry_run)
            for (const UserRow& row : users.rows) count(would_save(parts, row, users.columns));
        else
            save_users(parts, users, count);
    }
    return report.end();
}

int import_enrollments_command(Application& application, const ImportOptions& options,
                               Terminal& terminal) {
    const EnrollmentsFile file = parse_enrollments(content_of(options.file));
    Report report(options, {"added", "replaced", "unchanged"}, terminal);
    for (const auto& [line, reason] : file.problems) report.add(line, reason);
    EnrollmentImport import(application.parts(), options.replace, command_origin());
    const Catalog& words = application.catalogs().in("en");
    {
        ProgressBar progress(terminal, file.records.size());
        for (const EnrollmentRecord& record : file.records) {
            const auto taken = import.take(record);
            if (taken) {
                report.count(word_of(*taken));
            } else {
                std::string reason;
                for (const Problem& problem : taken.error().problems)
                    reason += (reason.empty() ? "" : " ") +
                              (problem.pointer.empty() ? "" : problem.pointer + ": ") +
                              words.say(problem.text);
                report.add(record.line, std::move(reason));
            }
            progress.advance();
        }
    }
    if (!options.dry_run && report.may_go_on()) {
        ProgressBar progress(terminal, file.records.size());
        const auto lost = import.commit([&](std::size_t records) {
            for (std::size_t i = 0; i < records; ++i) progress.advance();
        });
        for (const std::size_t line : lost)
            report.add(line, "somebody changed this enrollment meanwhile: import the file again");
    }
    return report.end();
}

}  // namespace latchkey
