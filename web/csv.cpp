#include "web/csv.h"

namespace latchkey {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// Walks the text once; a fault ends it.
class Reader {
 public:
    explicit Reader(std::string_view text) : rest_(text) {}

    CsvResult read() {
        while (!rest_.empty() && result_.fault.empty()) {
            CsvRecord record{line_, {}};
            do {
                record.fields.push_back(field());
            } while (result_.fault.empty() && take(","));
            if (result_.fault.empty() && !rest_.empty() && !end_of_line())
                fault("a quote or a carriage return stands where it may not");
            const bool blank = record.fields.size() == 1 && record.fields.front().empty();
            if (!blank && result_.fault.empty()) result_.records.push_back(std::move(record));
        }
        return std::move(result_);
    }

 private:
    std::string field() { return take("\"") ? quoted() : plain(); }

    std::string quoted() {
        std::string value;
        const std::size_t began = line_;
        for (;;) {
            const std::size_t end = rest_.find('"');
            if (end == std::string_view::npos) {
                line_ = began;
                fault("a quote is opened and never closed");
                return {};
            }
            for (const char c : rest_.substr(0, end)) line_ += c == '\n' ? 1 : 0;
            value += rest_.substr(0, end);
            rest_.remove_prefix(end + 1);
            if (!take("\"")) break;
            value += '"';
        }
        if (!rest_.empty() && rest_.front() != ',' && rest_.front() != '\r' &&
            rest_.front() != '\n')
            fault("something follows a closing quote");
        return value;
    }

    std::string plain() {
        const std::size_t end = std::min(rest_.find_first_of(",\r\n\""), rest_.size());
        std::string value(rest_.substr(0, end));
        rest_.remove_prefix(end);
        return value;
    }

    bool end_of_line() {
        if (!take("\r\n") && !take("\n")) return false;
        ++line_;
        return true;
    }

    bool take(std::string_view what) {
        if (!rest_.starts_with(what)) return false;
        rest_.remove_prefix(what.size());
        return true;
    }

    void fault(const char* what) {
        result_.fault_line = line_;
        result_.fault = what;
    }

    std::string_view rest_;
    std::size_t line_ = 1;
    CsvResult result_;
};

/// To a spreadsheet. A value that looks as if it had been made harmless is made so once more.
bool is_formula(std::string_view value) {
    while (value.starts_with('\'')) value.remove_prefix(1);
    return !value.empty() &&
           std::string_view("=+-@\t\r").find(value.front()) != std::string_view::npos;
}

}  // namespace

CsvResult parse_csv(std::string_view text) {
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    return Reader(text).read();
}

std::string csv_field(std::string_view value) {
    std::string out;
    if (is_formula(value)) out = "'";
    out += value;
    if (out.find_first_of(",\"\r\n") == std::string::npos) return out;
    std::string quoted = "\"";
    for (const char c : out) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + "\"";
}

std::string_view plain_field(std::string_view field) {
    if (field.starts_with('\'') && is_formula(field)) field.remove_prefix(1);
    return field;
}

}  // namespace latchkey
