#include "db/stores/process_store.h"

#include <algorithm>
#include <stdexcept>

namespace latchkey {
namespace {

const Query kGeneration{"SELECT generation FROM definition WHERE id = 1"};
const Query kDefinition{"SELECT generation, body FROM definition WHERE id = 1"};
const Query kPublished{
    "SELECT v.name, v.version, v.body FROM process p"
    " JOIN process_version v ON v.name = p.name AND v.version = p.version"};
const Query kPublishedVersions{"SELECT name, version FROM process"};
const Query kVersion{"SELECT body FROM process_version WHERE name = $1 AND version = $2"};
const Query kLatest{
    "SELECT version, body FROM process_version WHERE name = $1 ORDER BY version DESC LIMIT 1"};
// Before anything is read, so that two who apply at once do it one after the other.
const Query kLock{"UPDATE definition SET generation = generation + 1 WHERE id = 1 RETURNING body"};
const Query kReplaceDefinition{"UPDATE definition SET body = $1 WHERE id = 1"};
const Query kAddVersion{"INSERT INTO process_version (name, version, body) VALUES ($1, $2, $3)"};
const Query kUnpublishAll{"DELETE FROM process"};
const Query kPublish{"INSERT INTO process (name, version) VALUES ($1, $2)"};

std::map<std::string, std::int64_t> versions_in(const Rows& rows) {
    std::map<std::string, std::int64_t> versions;
    for (std::size_t i = 0; i < rows.size(); ++i) versions[rows.text(i, 0)] = rows.integer(i, 1);
    return versions;
}

/// The names that stand in one map only, or with another version.
std::vector<std::string> differences(const std::map<std::string, std::int64_t>& before,
                                     const std::map<std::string, std::int64_t>& after) {
    std::map<std::string, std::int64_t> all = before;
    all.insert(after.begin(), after.end());
    std::vector<std::string> names;
    for (const auto& [name, version] : all) {
        const auto old_one = before.find(name);
        const auto new_one = after.find(name);
        if (old_one == before.end() || new_one == after.end() || old_one->second != new_one->second)
            names.push_back(name);
    }
    return names;
}

}  // namespace

std::shared_ptr<const SqlProcessStore::Generation> SqlProcessStore::present() {
    const auto now = std::chrono::steady_clock::now();
    {
        const std::lock_guard lock(mutex_);
        if (present_ && now - checked_at_ < fresh_for_) return present_;
    }
    const Rows rows = database_.read([](Transaction& t) { return t.run(kGeneration); });
    const std::int64_t number = rows.integer(0, 0);
    {
        const std::lock_guard lock(mutex_);
        if (present_ && present_->number == number) {
            checked_at_ = now;
            return present_;
        }
    }
    auto loaded = load();
    const std::lock_guard lock(mutex_);
    if (!present_ || present_->number < loaded->number) present_ = loaded;
    return loaded;
}

std::shared_ptr<const SqlProcessStore::Generation> SqlProcessStore::load() {
    Rows definition;
    Rows published;
    database_.snapshot([&](Transaction& transaction) {
        definition = transaction.run(kDefinition);
        published = transaction.run(kPublished);
    });
    Generation loaded{.number = definition.integer(0, 0)};
    for (std::size_t i = 0; i < published.size(); ++i)
        loaded.processes.push_back(
            process_in(published.text(i, 0), published.integer(i, 1), published.text(i, 2)));
    std::ranges::sort(loaded.processes, {},
                      [](const auto& process) { return std::pair(process->order, process->name); });

    auto definitions = parse_definitions(Json::parse(definition.text(0, 1)), registry_);
    if (!definitions)
        throw std::runtime_error("the stored definitions are no longer valid, first at " +
                                 definitions.error().problems.at(0).pointer +
                                 ": apply corrected ones");
    for (Process& process : definitions->processes)
        for (const auto& stored : loaded.processes)
            if (stored->name == process.name) process.version = stored->version;
    loaded.definitions = std::make_shared<const Definitions>(std::move(*definitions));
    return std::make_shared<const Generation>(std::move(loaded));
}

std::shared_ptr<const Process> SqlProcessStore::process_in(const std::string& name,
                                                           std::int64_t version,
                                                           const std::string& body) const {
    auto process = std::make_shared<Process>(process_from_json(Json::parse(body), registry_));
    process->name = name;
    process->version = version;
    return process;
}

std::shared_ptr<const Process> SqlProcessStore::current(const std::string& slug) {
    const auto generation = present();
    const auto found = std::ranges::find(generation->processes, slug,
                                         [](const auto& process) { return process->slug; });
    return found == generation->processes.end() ? nullptr : *found;
}

std::shared_ptr<const Process> SqlProcessStore::version(const std::string& name,
                                                        std::int64_t version) {
    const std::pair key{name, version};
    {
        const std::lock_guard lock(mutex_);
        if (const auto known = versions_.find(key); known != versions_.end()) return known->second;
    }
    const Rows rows =
        database_.read([&](Transaction& t) { return t.run(kVersion, name, version); });
    if (rows.empty()) return nullptr;
    auto process = process_in(name, version, rows.text(0, 0));
    const std::lock_guard lock(mutex_);
    return versions_.emplace(key, std::move(process)).first->second;
}

std::vector<std::shared_ptr<const Process>> SqlProcessStore::all() {
    return present()->processes;
}

std::shared_ptr<const Definitions> SqlProcessStore::definitions() {
    return present()->definitions;
}

std::vector<std::string> SqlProcessStore::apply(const Definitions& definitions,
                                                const Activity& activity) {
    const std::string body = definitions_json(definitions, registry_).dump();
    auto changed = database_.write([&](Transaction& transaction) -> std::vector<std::string> {
        if (transaction.run(kLock).text(0, 0) == body) {
            transaction.undo();
            return {};
        }
        const auto before = versions_in(transaction.run(kPublishedVersions));
        transaction.run(kReplaceDefinition, body);
        transaction.run(kUnpublishAll);
        std::map<std::string, std::int64_t> after;
        for (const Process& process : definitions.processes)
            after[process.name] = publish(transaction, process);
        log_.append(transaction, {activity});
        return differences(before, after);
    });
    const std::lock_guard lock(mutex_);
    checked_at_ = {};
    return changed;
}

std::int64_t SqlProcessStore::publish(Transaction& transaction, const Process& process) const {
    const std::string body = process_json(process, registry_).dump();
    const Rows latest = transaction.run(kLatest, process.name);
    std::int64_t version = latest.empty() ? 0 : latest.integer(0, 0);
    if (latest.empty() || latest.text(0, 1) != body)
        transaction.run(kAddVersion, process.name, ++version, body);
    transaction.run(kPublish, process.name, version);
    return version;
}

}  // namespace latchkey
