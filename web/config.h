#pragma once

#include "engine/secret.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace latchkey {

/// The configuration file: what belongs to this machine rather than to the product's definitions.
/// Each member is described, with its default and range, by the table in config.cpp.
struct Config {
    struct {
        std::string listen, public_url;
        std::vector<std::string> trusted_proxies;
        std::string tls_certificate, tls_key, operations_listen;
    } server;
    struct {
        std::string url;
    } database;
    struct {
        std::string file;
    } keys;
    struct {
        std::int64_t memory_mib, passes, slots;
    } hashing;
    struct {
        std::string host;
        std::int64_t port;
        std::string tls, user;
        Secret password;
        std::string from, ca_file, hello;
    } mail;
    struct {
        std::vector<std::string> gateways;
        std::string default_region;
        std::vector<std::string> countries;
        Secret accounts;
        std::int64_t max_per_day, max_per_country;
    } sms;
    struct {
        std::string url;
        Secret secret;
        std::string unanswered, private_network, ca_file;
        std::int64_t seconds;
    } enrollment_check;
    struct {
        std::string level, format;
    } logging;
    struct {
        std::string name, logo, colour, language;
        std::vector<std::string> languages;
        std::string time_zone;
    } branding;
    struct {
        std::string folder;
    } overlay;

    /// Relative paths count from here: the folder of the configuration file.
    std::filesystem::path folder;
};

/// What is wrong with a configuration: one line per mistake, each with file, line or variable, and
/// what to change.
class ConfigError : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

/// Whether an address to listen on, or that of a URL, is reached from this machine only: HOST:PORT.
bool on_this_machine(const std::string& address);

/// Values from the environment by name; a test brings its own.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

/// Reads a TOML file; every key can also be given as LATCHKEY_SECTION_KEY, which wins, and a key's
/// value as the content of the file that KEY_file names. Throws ConfigError with all mistakes at
/// once; an unknown key names the nearest known one.
Config read_config(const std::filesystem::path& file, const Environment& environment);

/// The same from text; `name` stands for the file in messages.
Config parse_config(const std::string& text, const std::string& name,
                    const std::filesystem::path& folder, const Environment& environment);

/// A commented file with every key and its default, as `init` writes it; `values` replaces defaults
/// by "section.key".
std::string config_template(const std::map<std::string, std::string>& values);

}  // namespace latchkey
