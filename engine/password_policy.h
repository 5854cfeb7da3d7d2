#pragma once

#include "engine/json.h"
#include "engine/prompt.h"
#include "engine/result.h"
#include "engine/secret.h"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// What a new password must be (S40, NIST SP 800-63B-4 section 3.1.1.2). Thread-safe.
class PasswordPolicy {
 public:
    /// `blocked` holds folded passwords, in any order.
    explicit PasswordPolicy(std::vector<std::string> blocked);

    /// Every rule that the password breaks, by stable code: `password_bad_text`,
    /// `password_too_short`, `password_too_long`, `password_common`, `password_contains_name`,
    /// `password_guessable`. `settings` are a process's password settings; `context` are words that
    /// belong to the person or the organisation. Refuses over-long input before it costs anything.
    std::vector<Problem> faults(std::string_view password, const Json& settings,
                                std::span<const std::string> context) const;

    /// How many bits a good guesser would need, by zxcvbn.
    static double strength(std::string_view password, std::span<const std::string> context);

    /// The rules in words, to be shown before anything is typed.
    static std::vector<Text> rules(const Json& settings);

 private:
    std::vector<std::string> blocked_;
};

/// At most this many code points; longer input is refused before it is looked at (S40).
inline constexpr std::size_t kLongestPassword = 256;

}  // namespace latchkey
