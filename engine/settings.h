#pragma once

#include "engine/json.h"
#include "engine/result.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

enum class SettingKind { flag, integer, duration, choice, text, name, words, list };

/// Something an administrator may set, declared once: it serves the engine, the definitions file,
/// the administrators' pages and the documentation. Its name and description are the catalog texts
/// "setting.<key>" and "setting.<key>.help"; for a verification type "setting.<type>.<key>", for a
/// member of a list "setting.<key>.<member>".
struct Setting {
    std::string key;
    SettingKind kind = SettingKind::text;
    Json fallback;  // flag: boolean; integer: number; duration: "10m"; choice, text and name:
                    // string; words: {"en": "…"}; list: [{…}]; null: it must be given
    std::int64_t at_least = 0;    // integer: value; duration: seconds; text: code points; words:
                                  // languages; list: elements
    std::int64_t at_most = 1000;  // the same; words: code points
    std::vector<std::string> choices = {};
    std::vector<Setting> members = {};  // of each element of a list; the first tells them apart
};

/// The settings of the product, besides those that each verification type declares.
std::span<const Setting> product_settings();

inline constexpr std::string_view kWrongInARow = "wrong_in_a_row";
inline constexpr std::int64_t kMostWrongInARow = 100;

/// What a type declares whose enrollment must not be guessed at for ever: after so many wrong
/// answers in a row, over any time and all channels, it is dead until it is enrolled anew (S18).
Setting wrong_in_a_row_setting();

/// What a type declares whose enrollments may be given a lifetime: off, and 90 days once it is on.
/// The engine does the rest for every type alike: it dates them, has their owners reminded, and
/// takes an expired one for none.
std::vector<Setting> lifetime_settings();

/// How long an enrollment lasts under these settings of its verification; nothing: for ever.
std::optional<Milliseconds> lifetime(const Json& settings);

/// The given values with every missing one filled in by its default. Unknown keys, wrong types and
/// values out of range are problems whose pointer is `pointer` + "/" + key.
Json checked_settings(std::span<const Setting> declared, const Json& given,
                      const std::string& pointer, std::vector<Problem>& problems);

/// A value of settings that checked_settings made. `key` must be declared with that kind.
bool flag(const Json& settings, std::string_view key);
std::int64_t integer(const Json& settings, std::string_view key);
Milliseconds duration(const Json& settings, std::string_view key);
std::string text(const Json& settings, std::string_view key);

/// A name that stands in URLs, forms and stored records.
bool is_name(std::string_view text);

/// The known name that was probably meant by an unknown one, or nothing if none is near.
std::string nearest_name(std::string_view unknown, std::span<const std::string> known);

}  // namespace latchkey
