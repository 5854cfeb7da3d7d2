#pragma once

#include "engine/answers.h"
#include "engine/json.h"
#include "engine/prompt.h"
#include "engine/result.h"
#include "engine/time.h"
#include "engine/verification.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// View data that several pages share, and the prompts of pages that no dialogue asks.
namespace latchkey {

/// A form that posts to `action` with these hidden inputs beside the token.
Json form(std::string_view action, const std::map<std::string, std::string>& hidden = {});

/// "Step 2 of 4" with its marks.
Json step(std::int64_t number, std::int64_t of);

/// How far a message has come; false where none was sent.
Json delivery_view(const Delivery& delivery);

/// The prompt as it is now: how long it lasts becomes until when, once the message was taken.
Prompt prompt_at(Prompt prompt, const Delivery& delivery);

/// What the new password must be. The tail of a rule's id is its name for the script:
/// "password.rule.length" is "length", its argument `least` the value.
Json rules_view(std::span<const Text> rules);

/// For templates/pages/refusal.mustache: the sentences "error.<name>.title" and
/// "error.<name>.body". `name` is that of an Errc (web/http/problems.h) or one that only pages
/// have, such as "busy".
Json refusal_view(std::string_view name, std::optional<TimePoint> until = {});

/// The same as a problem, for pages that go on after it: shown at the top of the page.
Problem problem_of(const Error& error);

/// Asks who it is. `identify_by` is that of the process.
Prompt identifier_prompt(std::span<const std::string> identify_by);

/// Asks for a new password.
Prompt password_prompt();

/// Asks for user name and password.
Prompt sign_in_prompt();

/// Asks a person who is signed in for the password once more.
Prompt confirm_password_prompt();

}  // namespace latchkey
