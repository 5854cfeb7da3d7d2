#include "web/config.h"

#include "engine/settings.h"

#include <toml++/toml.h>
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <variant>

namespace latchkey {
namespace {

using Texts = std::vector<std::string>;

/// Where a value goes; the alternative says what kind of value it is.
using Place = std::variant<std::string*, std::int64_t*, Texts*, Secret*>;

/// One key of the file: the only place that knows its default, range and description.
struct ConfigKey {
    const char* section;
    const char* name;
    const char* fallback;  // as in the file
    const char* help;
    std::function<Place(Config&)> place;
    std::int64_t least = 0;
    std::int64_t most = 65535;
    std::vector<std::string> choices = {};

    std::string path() const { return std::string(section) + "." + name; }
};

// clang-format off
const std::vector<ConfigKey>& keys() {
    static const std::vector<ConfigKey> list{
        {"server", "listen", "\"127.0.0.1:8080\"", "host:port, or \"unix:PATH\"", [](Config& c) { return &c.server.listen; }},
        {"server", "public_url", "\"\"", "where people reach this server; the only source of links", [](Config& c) { return &c.server.public_url; }},
        {"server", "trusted_proxies", "[]", "addresses or networks whose forwarding headers count", [](Config& c) { return &c.server.trusted_proxies; }},
        {"server", "tls_certificate", "\"\"", "PEM file; both this and tls_key, or neither", [](Config& c) { return &c.server.tls_certificate; }},
        {"server", "tls_key", "\"\"", "PEM file", [](Config& c) { return &c.server.tls_key; }},
        {"server", "operations_listen", "\"127.0.0.1:9090\"", "/healthz and /readyz; \"\" for none", [](Config& c) { return &c.server.operations_listen; }},
        {"database", "url", "\"sqlite:latchkey.db\"", "relative to this file, or \"postgresql://…\"", [](Config& c) { return &c.database.url; }},
        {"keys", "file", "\"latchkey.key\"", "made by init, mode 0600, never by serve", [](Config& c) { return &c.keys.file; }},
        {"hashing", "memory_mib", "64", "Argon2id; recorded with each hash", [](Config& c) { return &c.hashing.memory_mib; }, 19, 1024},
        {"hashing", "passes", "2", "Argon2id; recorded with each hash", [](Config& c) { return &c.hashing.passes; }, 1, 20},
        {"hashing", "slots", "0", "hashes at once; 0: as many as cores", [](Config& c) { return &c.hashing.slots; }, 0, 256},
        {"mail", "host", "\"\"", "the mail server; \"\": no mail is sent", [](Config& c) { return &c.mail.host; }},
        {"mail", "port", "587", "", [](Config& c) { return &c.mail.port; }, 1, 65535},
        {"mail", "tls", "\"starttls\"", "\"implicit\", \"starttls\" or \"none\"", [](Config& c) { return &c.mail.tls; }, 0, 0, {"implicit", "starttls", "none"}},
        {"mail", "user", "\"\"", "", [](Config& c) { return &c.mail.user; }},
        {"mail", "password", "\"\"", "better as password_file", [](Config& c) { return &c.mail.password; }},
        {"mail", "from", "\"\"", "\"Example <reset@example.org>\"", [](Config& c) { return &c.mail.from; }},
        {"mail", "ca_file", "\"\"", "PEM file with a private authority to trust as well", [](Config& c) { return &c.mail.ca_file; }},
        {"mail", "hello", "\"\"", "name in EHLO; \"\": the domain of from", [](Config& c) { return &c.mail.hello; }},
        {"sms", "gateways", "[]", "files below templates/sms_gateways or the overlay folder, in order", [](Config& c) { return &c.sms.gateways; }},
        {"sms", "default_region", "\"US\"", "of numbers without a country code", [](Config& c) { return &c.sms.default_region; }},
        {"sms", "countries", "[]", "that messages may go to, such as [\"US\", \"CA\"]; []: all", [](Config& c) { return &c.sms.countries; }},
        {"sms", "accounts", "\"\"", "what gateways ask for, as JSON by their names; better as accounts_file", [](Config& c) { return &c.sms.accounts; }},
        {"sms", "max_per_day", "2000", "messages to all people together; 0: any number", [](Config& c) { return &c.sms.max_per_day; }, 0, 10000000},
        {"sms", "max_per_country", "500", "messages a day to one country code; 0: any number", [](Config& c) { return &c.sms.max_per_country; }, 0, 10000000},
        {"enrollment_check", "url", "\"\"", "asked whether an enrollment is taken; \"\": nobody is asked", [](Config& c) { return &c.enrollment_check.url; }},
        {"enrollment_check", "secret", "\"\"", "\"whsec_…\", signs what is asked; better as secret_file", [](Config& c) { return &c.enrollment_check.secret; }},
        {"enrollment_check", "unanswered", "\"refuse\"", "or \"accept\": what happens where it cannot answer", [](Config& c) { return &c.enrollment_check.unanswered; }, 0, 0, {"refuse", "accept"}},
        {"enrollment_check", "seconds", "5", "that it may take", [](Config& c) { return &c.enrollment_check.seconds; }, 1, 10},
        {"enrollment_check", "private_network", "\"refuse\"", "or \"allow\": may its address be one of an internal network?", [](Config& c) { return &c.enrollment_check.private_network; }, 0, 0, {"refuse", "allow"}},
        {"enrollment_check", "ca_file", "\"\"", "PEM file with a private authority to trust as well", [](Config& c) { return &c.enrollment_check.ca_file; }},
        {"logging", "level", "\"info\"", "\"debug\", \"info\", \"warning\" or \"error\"", [](Config& c) { return &c.logging.level; }, 0, 0, {"debug", "info", "warning", "error"}},
        {"logging", "format", "\"json\"", "\"json\" or \"text\"", [](Config& c) { return &c.logging.format; }, 0, 0, {"json", "text"}},
        {"branding", "name", "\"\"", "of the organisation, as people know it", [](Config& c) { return &c.branding.name; }},
        {"branding", "logo", "\"\"", "SVG or PNG file", [](Config& c) { return &c.branding.logo; }},
        {"branding", "colour", "\"#1f5fbf\"", "accent colour; its contrast is checked", [](Config& c) { return &c.branding.colour; }},
        {"branding", "language", "\"en\"", "for those whose language is not offered", [](Config& c) { return &c.branding.language; }},
        {"branding", "languages", "[]", "offered; []: all there are", [](Config& c) { return &c.branding.languages; }},
        {"branding", "time_zone", "\"UTC\"", "such as \"Europe/Madrid\"", [](Config& c) { return &c.branding.time_zone; }},
        {"overlay", "folder", "\"\"", "files that replace those below templates/", [](Config& c) { return &c.overlay.folder; }},
    };
    return list;
}
// clang-format on

/// Collects mistakes, so that one run names them all.
struct Mistakes {
    std::string all;
    void add(const std::string& where, const std::string& what) {
        all += where + ": " + what + "\n";
    }
};

/// How a value must look, for the message.
std::string expected(const ConfigKey& key, const Place& place) {
    if (std::holds_alternative<std::int64_t*>(place))
        return "a number from " + std::to_string(key.least) + " to " + std::to_string(key.most);
    if (std::holds_alternative<Texts*>(place)) return "a list of texts, such as [\"one\", \"two\"]";
    std::string text = "a text in quotes";
    for (std::size_t i = 0; i < key.choices.size(); ++i)
        text += (i == 0 ? ": \"" : ", \"") + key.choices[i] + "\"";
    return text;
}

bool set(const ConfigKey& key, Config& config, const toml::node& value) {
    const Place place = key.place(config);
    if (auto* const* number = std::get_if<std::int64_t*>(&place)) {
        const auto given = value.value_exact<std::int64_t>();
        if (!given || *given < key.least || *given > key.most) return false;
        **number = *given;
        return true;
    }
    if (auto* const* list = std::get_if<Texts*>(&place)) {
        const toml::array* items = value.as_array();
        if (!items || !std::ranges::all_of(*items, [](const auto& i) { return i.is_string(); }))
            return false;
        (*list)->clear();
        for (const auto& item : *items) (*list)->push_back(*item.value<std::string>());
        return true;
    }
    const auto text = value.value_exact<std::string>();
    if (!text) return false;
    if (!key.choices.empty() && std::ranges::count(key.choices, *text) == 0) return false;
    if (auto* const* secret = std::get_if<Secret*>(&place))
        **secret = Secret(*text);
    else
        *std::get<std::string*>(place) = *text;
    return true;
}

/// A text from the environment or a file, read as if it stood in the configuration file.
bool set_text(const ConfigKey& key, Config& config, const std::string& text) {
    const Place place = key.place(config);
    if (std::holds_alternative<std::int64_t*>(place)) {
        std::int64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        return error == std::errc{} && end == text.data() + text.size() &&
               set(key, config, toml::value<std::int64_t>(number));
    }
    if (std::holds_alternative<Texts*>(place)) {
        toml::array items;
        std::stringstream in(text);
        for (std::string item; std::getline(in, item, ',');) {
            item.erase(0, item.find_first_not_of(' '));
            item.erase(item.find_last_not_of(' ') + 1);
            if (!item.empty()) items.push_back(item);
        }
        return set(key, config, items);
    }
    return set(key, config, toml::value<std::string>(text));
}

std::optional<std::string> content_of_secret(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) return {};
    std::stringstream out;
    out << in.rdbuf();
    std::string text = out.str();
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    return text;
}

/// The value that a file holds, for secrets that come by file.
void set_from_file(const ConfigKey& key, Config& config, const std::string& where,
                   const std::string& file, Mistakes& mistakes) {
    const auto content = content_of_secret(config.folder / file);
    if (!content)
        mistakes.add(where, "the file " + file + " cannot be read");
    else if (!set_text(key, config, *content))
        mistakes.add(where, "the file " + file + " must hold " + expected(key, key.place(config)));
}

std::string line_of(const toml::source_region& source, const std::string& file) {
    return file + ":" + std::to_string(source.begin.line);
}

void read_section(const std::string& section, const toml::table& table, const std::string& file,
                  Config& config, Mistakes& mistakes) {
    std::vector<std::string> known;
    for (const ConfigKey& key : keys())
        if (key.section == section) known.emplace_back(key.name);
    if (known.empty()) {
        std::vector<std::string> sections;
        for (const ConfigKey& key : keys()) sections.emplace_back(key.section);
        mistakes.add(line_of(table.source(), file), "there is no section [" + section +
                                                        "]; did you mean [" +
                                                        nearest_name(section, sections) + "]?");
        return;
    }
    for (const auto& [name, value] : table) {
        const std::string given(name.str());
        const bool by_file = given.ends_with("_file") && std::ranges::count(known, given) == 0;
        const std::string wanted = by_file ? given.substr(0, given.size() - 5) : given;
        const std::string where = line_of(value.source(), file);
        const auto key = std::ranges::find_if(
            keys(), [&](const ConfigKey& k) { return k.section == section && k.name == wanted; });
        if (key == keys().end())
            mistakes.add(where, "there is no key " + given + " in [" + section +
                                    "]; did you mean " + nearest_name(given, known) + "?");
        else if (by_file)
            set_from_file(*key, config, where, value.value_or(std::string{}), mistakes);
        else if (!set(*key, config, value))
            mistakes.add(where, key->path() + " must be " + expected(*key, key->place(config)));
    }
}

void read_environment(const Environment& environment, Config& config, Mistakes& mistakes) {
    for (const ConfigKey& key : keys()) {
        std::string variable = "LATCHKEY_" + std::string(key.section) + "_" + key.name;
        std::ranges::transform(variable, variable.begin(),
                               [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
        if (const auto value = environment(variable)) {
            if (!set_text(key, config, *value))
                mistakes.add(variable, "must be " + expected(key, key.place(config)));
        } else if (const auto file = environment(variable + "_FILE")) {
            set_from_file(key, config, variable + "_FILE", *file, mistakes);
        }
    }
}

/// What is only wrong in combination.
void check_together(const Config& config, const std::string& file, Mistakes& mistakes) {
    const auto& server = config.server;
    if (server.tls_certificate.empty() != server.tls_key.empty())
        mistakes.add(file,
                     "server.tls_certificate and server.tls_key belong together: give both or "
                     "neither");
    const bool web =
        server.public_url.starts_with("http://") || server.public_url.starts_with("https://");
    if (!server.public_url.empty() && !web)
        mistakes.add(file, "server.public_url must begin with https:// or http://");
    if (!config.mail.host.empty() && config.mail.from.empty())
        mistakes.add(file, "mail.from is missing: with mail.host, a sender is needed");
    if (config.mail.tls == "none" && !config.mail.user.empty())
        mistakes.add(file,
                     "mail.user with mail.tls = \"none\" would send the password in the clear: "
                     "choose \"starttls\" or \"implicit\"");
}

}  // namespace

bool on_this_machine(const std::string& address) {
    return address.starts_with("127.") || address.starts_with("[::1]:") ||
           address.starts_with("localhost:");
}

Environment process_environment() {
    return [](const std::string& name) -> std::optional<std::string> {
        const char* value = std::getenv(name.c_str());
        if (!value) return {};
        return value;
    };
}

Config parse_config(const std::string& text, const std::string& name,
                    const std::filesystem::path& folder, const Environment& environment) {
    Mistakes mistakes;
    Config config{};
    config.folder = folder;
    for (const ConfigKey& key : keys()) {
        const toml::table fallback = toml::parse(std::string("v = ") + key.fallback);
        set(key, config, *fallback.get("v"));
    }
    try {
        for (const auto& [section, value] : toml::parse(text, name)) {
            const toml::table* table = value.as_table();
            if (table)
                read_section(std::string(section.str()), *table, name, config, mistakes);
            else
                mistakes.add(
                    line_of(value.source(), name),
                    std::string(section.str()) + " must stand in a section such as [server]");
        }
    } catch (const toml::parse_error& error) {
        mistakes.add(line_of(error.source(), name), std::string(error.description()));
    }
    read_environment(environment, config, mistakes);
    check_together(config, name, mistakes);
    if (!mistakes.all.empty()) {
        mistakes.all.pop_back();
        throw ConfigError(mistakes.all);
    }
    return config;
}

Config read_config(const std::filesystem::path& file, const Environment& environment) {
    const auto text = content_of_secret(file);
    if (!text)
        throw ConfigError(file.string() +
                          ": cannot be read; `latchkey --config FILE init` makes one");
    return parse_config(*text, file.string(), std::filesystem::absolute(file).parent_path(),
                        environment);
}

std::string config_template(const std::map<std::string, std::string>& values) {
    std::string out;
    std::string section;
    for (const ConfigKey& key : keys()) {
        if (section != key.section) {
            out += (out.empty() ? "[" : "\n[") + std::string(key.section) + "]\n";
            section = key.section;
        }
        const auto given = values.find(key.path());
        std::string line = std::string(key.name) + " = ";
        if (given == values.end()) {
            line += key.fallback;
        } else {
            std::ostringstream quoted;
            quoted << toml::value<std::string>(given->second);
            line += quoted.str();
        }
        if (*key.help)
            line += std::string(line.size() < 36 ? 36 - line.size() : 1, ' ') + "# " + key.help;
        out += line + "\n";
    }
    return out;
}

}  // namespace latchkey
