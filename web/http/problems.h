#pragma once

#include "engine/result.h"

#include <string_view>

namespace latchkey::http {

/// How a refusal leaves the program: one row per Errc, in one table.
struct ProblemRow {
    Errc code;
    int status;             // of HTTP
    std::string_view name;  // stable: problem code of the API, and "error.<name>.…" of the catalogs
};

const ProblemRow& problem_row(Errc code);

}  // namespace latchkey::http
