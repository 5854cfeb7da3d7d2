#include "web/http/forms.h"

#include "web/http/percent.h"
#include "web/http/tokens.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace latchkey::http {

namespace {

using Kind = FormFault::Kind;

bool key_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '_' || c == '-';
}

/// C0 but the three that a text area sends, DEL, and C1 (in UTF-8: 0xC2 and 0x80 to 0x9f).
bool has_forbidden_control(std::string_view text) {
    unsigned char before = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 && c != '\r' && c != '\n' && c != '\t') return true;
        if (byte == 0x7f || (before == 0xc2 && byte < 0xa0)) return true;
        before = byte;
    }
    return false;
}

std::optional<Kind> fault_of_text(const std::optional<std::string>& text, std::size_t limit) {
    if (!text) return Kind::bad_escape;
    if (text->size() > limit) return Kind::too_long;
    if (!valid_utf8(*text)) return Kind::not_utf8;
    if (has_forbidden_control(*text)) return Kind::control_character;
    return std::nullopt;
}

/// What may be repeated to the sender of a bad key: its harmless beginning.
std::string printable(const std::string& key) {
    return {key.begin(), std::ranges::find_if_not(key, key_character)};
}

/// Reads one "key=value" into the form.
std::optional<FormFault> read_pair(std::string_view pair, const FormLimits& limits, Form& form) {
    const auto equals = std::min(pair.find('='), pair.size());
    auto key = percent_decode(pair.substr(0, equals), true);
    if (const auto kind = fault_of_text(key, limits.key)) return FormFault{*kind, {}};
    if (key->empty() || !std::ranges::all_of(*key, key_character))
        return FormFault{Kind::bad_key, printable(*key)};
    if (form.find(*key)) return FormFault{Kind::repeated_key, std::move(*key)};
    if (form.size() == limits.fields) return FormFault{Kind::too_many_fields, {}};

    pair.remove_prefix(std::min(equals + 1, pair.size()));
    auto value = percent_decode(pair, true);
    if (const auto kind = fault_of_text(value, limits.value))
        return FormFault{*kind, std::move(*key)};
    form.add(std::move(*key), std::move(*value));
    return std::nullopt;
}

/// "application/x-www-form-urlencoded", perhaps with "; charset=utf-8".
bool says_form(std::string_view content_type) {
    if (!same_ignoring_case(next_element(content_type, ';'), "application/x-www-form-urlencoded"))
        return false;
    const auto parameter = trim(content_type);
    return parameter.empty() || same_ignoring_case(parameter, "charset=utf-8");
}

}  // namespace

std::string_view FormFault::code() const {
    switch (kind) {
        case Kind::not_a_form:
            return "form_not_a_form";
        case Kind::bad_escape:
            return "form_bad_escape";
        case Kind::not_utf8:
            return "form_not_utf8";
        case Kind::control_character:
            return "form_control_character";
        case Kind::bad_key:
            return "form_bad_key";
        case Kind::repeated_key:
            return "form_repeated_key";
        case Kind::too_many_fields:
            return "form_too_many_fields";
        case Kind::too_long:
            return "form_too_long";
    }
    return "form_bad";
}

int FormFault::status() const {
    if (kind == Kind::not_a_form) return 415;
    return kind == Kind::too_many_fields || kind == Kind::too_long ? 413 : 400;
}

const std::string* Form::find(std::string_view key) const {
    for (const auto& [name, value] : fields_)
        if (name == key) return &value;
    return nullptr;
}

std::string_view Form::operator[](std::string_view key) const {
    const auto* value = find(key);
    return value ? std::string_view(*value) : std::string_view();
}

FormResult parse_form(std::string_view encoded, const FormLimits& limits) {
    Form form;
    while (!encoded.empty()) {
        const auto size = std::min(encoded.find('&'), encoded.size());
        const auto pair = encoded.substr(0, size);
        encoded.remove_prefix(std::min(size + 1, encoded.size()));
        if (pair.empty()) continue;
        if (auto fault = read_pair(pair, limits, form)) return std::move(*fault);
    }
    return form;
}

FormResult read_form(const Request& request, const FormLimits& limits) {
    if (!says_form(request.header("content-type"))) return FormFault{Kind::not_a_form, {}};
    return parse_form(request.body, limits);
}

FormResult read_query(const Request& request, const FormLimits& limits) {
    return parse_form(request.query, limits);
}

void throw_exception_from_error(const FormFault& fault, const boost::source_location&) {
    throw std::logic_error("value() of a refused form: " + std::string(fault.code()));
}

}  // namespace latchkey::http
