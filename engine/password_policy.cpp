#include "engine/password_policy.h"

#include "engine/settings.h"
#include "engine/unicode.h"

#include <zxcvbn.h>
#include <algorithm>

namespace latchkey {
namespace {

constexpr std::size_t kShortestContextWord = 4;   // code points: "amy" may occur in any sentence
constexpr std::size_t kLongestForStrength = 100;  // bytes: zxcvbn's time grows with the square

Problem rejected(const std::string& code, std::map<std::string, Argument> arguments = {}) {
    return {"password", code, {"problem." + code, std::move(arguments)}};
}

/// A name and its parts: "amy.lee@example.org" is four words.
std::vector<std::string> words_of(std::span<const std::string> context) {
    std::vector<std::string> words;
    for (const std::string& text : context) {
        const std::string folded = fold(text).value_or("");
        std::string word;
        for (const char c : folded + " ") {
            const bool part = static_cast<unsigned char>(c) >= 0x80 ||
                              std::isalnum(static_cast<unsigned char>(c));
            if (part) {
                word += c;
            } else if (!word.empty()) {
                words.push_back(std::exchange(word, {}));
            }
        }
        if (!folded.empty()) words.push_back(folded);
    }
    return words;
}

}  // namespace

PasswordPolicy::PasswordPolicy(std::vector<std::string> blocked) : blocked_(std::move(blocked)) {
    std::ranges::sort(blocked_);
}

std::vector<Problem> PasswordPolicy::faults(std::string_view password, const Json& settings,
                                            std::span<const std::string> context) const {
    const auto least = integer(settings, "min_length");
    const Argument most = static_cast<std::int64_t>(kLongestPassword);
    // Bytes before code points: a megabyte is refused without being read.
    if (password.size() > kLongestPassword * 4)
        return {rejected("password_too_long", {{"most", most}})};
    if (!to_nfc(password) || has_control_characters(password))
        return {rejected("password_bad_text")};

    std::vector<Problem> faults;
    const auto length = static_cast<std::int64_t>(code_points(password));
    if (length > static_cast<std::int64_t>(kLongestPassword))
        return {rejected("password_too_long", {{"most", most}})};
    if (length < least) faults.push_back(rejected("password_too_short", {{"least", least}}));

    const std::string folded = fold(password).value_or(std::string(password));
    const bool common = std::ranges::binary_search(blocked_, folded);
    if (common) faults.push_back(rejected("password_common"));

    const auto words = words_of(context);
    const bool named = std::ranges::any_of(words, [&](const std::string& word) {
        return code_points(word) >= kShortestContextWord &&
               folded.find(word) != std::string::npos &&
               code_points(word) * 2 > static_cast<std::size_t>(length);
    });
    if (named) faults.push_back(rejected("password_contains_name"));

    if (faults.empty() &&
        strength(password, words) < static_cast<double>(integer(settings, "min_strength")))
        faults.push_back(rejected("password_guessable"));
    return faults;
}

double PasswordPolicy::strength(std::string_view password, std::span<const std::string> context) {
    std::vector<const char*> dictionary;
    for (const std::string& word : context) dictionary.push_back(word.c_str());
    dictionary.push_back(nullptr);
    Secret head{std::string(password.substr(0, kLongestForStrength)) + '\0'};
    return ZxcvbnMatch(head.reveal().data(), dictionary.data(), nullptr);
}

std::vector<Text> PasswordPolicy::rules(const Json& settings) {
    return {{"password.rule.length", {{"least", integer(settings, "min_length")}}},
            {"password.rule.uncommon", {}},
            {"password.rule.name", {}},
            {"password.rule.phrase", {}}};
}

}  // namespace latchkey
