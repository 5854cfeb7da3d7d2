#include "engine/casework.h"
#include "web/cli/commands.h"
#include "web/cli/people.h"

namespace latchkey {
namespace {

/// The definitions of a file. Prints what is wrong with it, each with its place and what to change.
std::optional<Definitions> read_definitions(Application& application,
                                            const std::filesystem::path& file, Terminal& terminal) {
    const auto json = read_json(file, terminal);
    if (!json) return {};
    const Catalog& words = application.catalogs().in("en");
    const auto show = [&](const char* kind, const Problem& problem) {
        terminal.err() << file.string() << ": " << (problem.pointer.empty() ? "/" : problem.pointer)
                       << ": " << kind << words.say(problem.text) << "\n";
    };
    auto parsed = parse_definitions(*json, application.parts().registry);
    if (!parsed) {
        for (const Problem& problem : parsed.error().problems) show("", problem);
        return {};
    }
    for (const Problem& warning : parsed->warnings) show("warning: ", warning);
    return std::move(*parsed);
}

std::string text_of(Application& application, const Definitions& definitions) {
    return definitions_json(definitions, application.parts().registry).dump(2) + "\n";
}

Json present(Application& application) {
    const auto definitions = application.parts().processes.definitions();
    return Json::parse(text_of(application, *definitions));
}

/// Lists keyed by their members' names, so that a difference names the process and not its place.
Json by_name(const Json& json) {
    if (json.is_object()) {
        Json out = Json::object();
        for (const auto& [key, value] : json.items()) out[key] = by_name(value);
        return out;
    }
    const bool named =
        json.is_array() && !json.empty() && std::ranges::all_of(json, [](const Json& item) {
            return item.is_object() && item.contains("name");
        });
    if (!named) return json;
    Json out = Json::object();
    for (const Json& item : json) out[item.at("name").get<std::string>()] = by_name(item);
    return out;
}

}  // namespace

int config_export_command(Application& application, Terminal& terminal) {
    terminal.out() << text_of(application, *application.parts().processes.definitions());
    return 0;
}

int config_check_command(Application& application, const std::filesystem::path& file,
                         Terminal& terminal) {
    if (!read_definitions(application, file, terminal)) return 1;
    terminal.out() << file.string() << ": fine.\n";
    return 0;
}

int config_diff_command(Application& application, const std::filesystem::path& file,
                        Terminal& terminal) {
    const auto wanted = read_definitions(application, file, terminal);
    if (!wanted) return 1;
    const Json before = by_name(present(application));
    const Json after = by_name(Json::parse(text_of(application, *wanted)));
    const Json differences = Json::diff(before, after);
    if (differences.empty()) terminal.out() << "No differences.\n";
    for (const Json& difference : differences) {
        const std::string path = difference.at("path").get<std::string>();
        const std::string kind = difference.at("op").get<std::string>();
        if (kind != "add")
            terminal.out() << "- " << path << " " << before.at(Json::json_pointer(path)).dump()
                           << "\n";
        if (kind != "remove")
            terminal.out() << "+ " << path << " " << difference.at("value").dump() << "\n";
    }
    return 0;
}

int config_apply_command(Application& application, const std::filesystem::path& file,
                         Terminal& terminal) {
    const auto wanted = read_definitions(application, file, terminal);
    if (!wanted) {
        terminal.err() << "Nothing was changed.\n";
        return 1;
    }
    const auto changed = application.parts().processes.apply(
        *wanted, activity(ActivityType::definitions_applied, application.parts().clock.now(), {},
                          {}, command_origin(), file.filename().string()));
    if (changed.empty()) terminal.out() << "Applied; no process changed.\n";
    for (const auto& name : changed) terminal.out() << "Published " << name << ".\n";
    return 0;
}

}  // namespace latchkey
