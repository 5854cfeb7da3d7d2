#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Language tags (BCP 47) as browsers and people state them.
namespace latchkey {

/// The tag in its usual spelling ("pt-BR"), or empty if it is none: letters, digits and '-' only,
/// at most 35 characters.
std::string language_tag(std::string_view text);

/// The tags of an Accept-Language header, the most wanted first; those refused with q=0, "*" and
/// what is no tag are left out, and so is everything after the twentieth.
std::vector<std::string> accepted_languages(std::string_view header);

/// The tag and what it narrows: "zh-Hant-TW" gives itself, "zh-Hant" and "zh".
std::vector<std::string> with_parents(std::string_view tag);

}  // namespace latchkey
