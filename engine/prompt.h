#pragma once

#include "engine/json.h"
#include "engine/result.h"

#include <optional>
#include <string>
#include <vector>

namespace latchkey {

/// How a field is asked. Each renderer keeps one row per kind; nothing else looks at it.
enum class FieldKind { text, secret, digits, date, choice, flag };

struct Choice {
    std::string value;
    Text label;

    bool operator==(const Choice&) const = default;
};

/// One input, described once for the eye, the ear and the machine. Lengths count code points; for a
/// date and a choice they are not used.
struct Field {
    std::string key;  // name in forms and JSON; unique within its prompt
    FieldKind kind = FieldKind::text;
    Text label;
    Text hint = {};    // a line of help under the label
    Text spoken = {};  // empty: say the label
    std::size_t min_length = 1;
    std::size_t max_length = 200;
    bool required = true;
    std::string autofill = {};         // the HTML autocomplete token, such as "one-time-code"
    std::vector<Choice> choices = {};  // for FieldKind::choice
    std::string value = {};            // what stands in the field at first; never for secrets

    bool operator==(const Field&) const = default;
};

/// Something to read: a masked address, a number to compare, a QR code to scan, a key to type.
struct Notice {
    Text text;
    std::string qr_payload = {};
    std::string verbatim = {};  // lines to copy exactly: a key, recovery codes
    std::string file = {};      // of what name the lines may be saved; empty: not offered

    bool operator==(const Notice&) const = default;
};

/// A button beside the main one, such as "send it again". Takes no fields.
struct Action {
    std::string key;
    Text label;
    std::optional<TimePoint> available_at = {};  // refused before that instant

    bool operator==(const Action&) const = default;
};

/// One step of a conversation, shown as a page, as JSON, by voice or in a chat.
struct Prompt {
    Text title;
    std::vector<Notice> notices = {};
    std::vector<Field> fields = {};
    Text submit = {};  // the main button; empty: "Continue"
    std::vector<Action> actions = {};
    std::optional<TimePoint> expires_at = {};  // what is asked for is worthless from then on
    std::optional<Milliseconds> lasts = {};    // or: this long after the message was taken

    bool operator==(const Prompt&) const = default;
};

/// Prompts are kept with the request they belong to: answers are checked against what was asked.
void to_json(Json& json, const Prompt& prompt);
void from_json(const Json& json, Prompt& prompt);
void to_json(Json& json, const Text& text);
void from_json(const Json& json, Text& text);
void to_json(Json& json, const Problem& problem);
void from_json(const Json& json, Problem& problem);

/// Before when an action of the prompt is refused; nothing: it can be taken at any time.
std::optional<TimePoint> not_before(const Prompt& prompt, std::string_view action);

}  // namespace latchkey
