#pragma once

#include "engine/answers.h"
#include "engine/json.h"
#include "engine/prompt.h"
#include "engine/result.h"
#include "engine/time.h"

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace latchkey {

/// What a prompt's page shows beside the prompt itself.
struct PromptState {
    std::span<const Problem> problems = {};  // why the last answer was not taken
    const RawAnswers* typed = nullptr;       // what it was; null: nothing
    TimePoint now;
    /// Draws a QR code and returns the picture as "data:image/…". Empty: none is shown.
    std::function<std::string(std::string_view payload)> draw_qr = {};
};

/// A prompt as view data: the members to be put into the view of a page that shows prompts (see
/// templates/partials/prompt_form.mustache).
///
///   title         sentence
///   notices       list of text (sentence), qr (string: the picture), qr_url (what it holds, as a
///                 link), verbatim (string: lines to copy), verbatim_id, file (string: the name
///                 under which they may be saved) and file_url
///   fields        list; each has one member, called by its kind ("text", "secret", …), which holds
///                 key, field_id, type, label, hint, error, described, required, autocomplete,
///                 value, chosen, many, choices (value, option, chosen)
///   submit        sentence; "Continue" unless the prompt says otherwise
///   actions       list of key, label, available_at (instant, or false once it is available)
///   expires_at    instant or false; lasts: duration or false; to_scan: it is the time of a QR code
///   errors        object for the layout, or false
///
/// What was typed stays, except in secrets and digits, which are never sent back.
Json html_prompt(const Prompt& prompt, const PromptState& state);

/// A digits field whose `autofill` is one of the password tokens is a PIN and is not shown while it
/// is typed.
bool is_masked(const Field& field);

}  // namespace latchkey
