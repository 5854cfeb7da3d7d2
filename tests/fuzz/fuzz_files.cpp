#include "engine/definitions.h"
#include "verifications/make_registry.h"
#include "web/config.h"
#include "web/csv.h"
#include "web/users_file.h"

#include <cstdint>
#include <cstdlib>

// What an operator gives to a command: whatever it is, it is taken or refused with a reason, and
// what was taken is written and read again as the same.

namespace {

using namespace latchkey;

void require(bool holds) {
    if (!holds) std::abort();
}

void definitions(std::string_view bytes) {
    static const Registry registry = make_registry({});
    const Json json = Json::parse(bytes, nullptr, false);
    if (json.is_discarded()) return;
    const auto read = parse_definitions(json, registry);
    if (!read) {
        require(!read.error().problems.empty());
        return;
    }
    const Json written = Json::parse(definitions_json(*read, registry).dump());
    const auto again = parse_definitions(written, registry);
    require(again && definitions_json(*again, registry).dump() == written.dump());
}

void csv(std::string_view bytes) {
    const CsvResult read = parse_csv(bytes);
    require(read.fault.empty() == (read.fault_line == 0));
    std::string written;
    for (const CsvRecord& record : read.records) {
        require(!record.fields.empty() && record.line > 0);
        for (std::size_t i = 0; i < record.fields.size(); ++i)
            written += (i ? "," : "") + csv_field(record.fields[i]);
        written += "\r\n";
    }
    require(parse_csv(written).fault.empty());
    parse_users(bytes);
}

void config(std::string_view bytes) {
    try {
        parse_config(std::string(bytes), "latchkey.toml", "/nowhere",
                     [](const std::string&) { return std::optional<std::string>(); });
    } catch (const ConfigError& error) {
        require(std::string_view(error.what()).size() > 10);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    definitions(bytes);
    csv(bytes);
    config(bytes);
    return 0;
}
