#pragma once

#include "web/http/message.h"

#include <boost/system/result.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Forms and queries: `application/x-www-form-urlencoded`, scalars only (S05). A parser of ours
/// because each of the refusals below has once been an account taken over elsewhere.
namespace latchkey::http {

struct FormLimits {
    std::size_t fields = 100;
    std::size_t key = 100;          // bytes, decoded
    std::size_t value = 16 * 1024;  // bytes, decoded
};

/// Why a form is refused. The sender's mistake: show it with `status`, never a 5xx.
struct FormFault {
    enum class Kind {
        not_a_form,         // another media type, multipart/form-data too
        bad_escape,         // '%' without two hexadecimal digits
        not_utf8,           //
        control_character,  // in a key any; in a value any but CR, LF and TAB
        bad_key,            // empty, or not of letters, digits, '.', '_' and '-': "a[]"
        repeated_key,       //
        too_many_fields,    //
        too_long,           // a key or a value
    };
    Kind kind;
    std::string key;  // which field, as far as it is known and printable

    /// Stable for programs and catalogs: "form_repeated_key".
    std::string_view code() const;
    /// 415 for not_a_form, 413 for what is too much, else 400.
    int status() const;

    bool operator==(const FormFault&) const = default;
};

/// The fields in the order in which they came.
class Form {
 public:
    using value_type = std::pair<std::string, std::string>;
    using const_iterator = std::vector<value_type>::const_iterator;

    /// The field's value, or null if it was not sent. Lives as long as the form.
    const std::string* find(std::string_view key) const;
    /// The same, with empty for a field that was not sent.
    std::string_view operator[](std::string_view key) const;

    const_iterator begin() const { return fields_.begin(); }
    const_iterator end() const { return fields_.end(); }
    std::size_t size() const { return fields_.size(); }
    bool empty() const { return fields_.empty(); }

    void add(std::string key, std::string value) {
        fields_.emplace_back(std::move(key), std::move(value));
    }

 private:
    std::vector<value_type> fields_;
};

using FormResult = boost::system::result<Form, FormFault>;

/// Reads "a=1&b=two+words". Empty pairs ("a=1&&b=2") are left out; "a" alone is an empty value.
FormResult parse_form(std::string_view encoded, const FormLimits& limits = {});

/// The body of a request whose Content-Type says that it is a form in UTF-8.
FormResult read_form(const Request& request, const FormLimits& limits = {});

/// The query of a request.
FormResult read_query(const Request& request, const FormLimits& limits = {});

/// Asking a refused form for its fields is our mistake, not the sender's.
[[noreturn]] void throw_exception_from_error(const FormFault& fault, const boost::source_location&);

}  // namespace latchkey::http
