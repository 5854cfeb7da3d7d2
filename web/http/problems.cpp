#include "web/http/problems.h"

#include <array>

namespace latchkey::http {
namespace {

constexpr std::array kRows{
    ProblemRow{Errc::validation_failed, 422, "validation_failed"},
    ProblemRow{Errc::unknown_process, 404, "unknown_process"},
    ProblemRow{Errc::unknown_request, 404, "unknown_request"},
    ProblemRow{Errc::request_expired, 410, "request_expired"},
    ProblemRow{Errc::request_closed, 409, "request_closed"},
    ProblemRow{Errc::verification_not_offered, 409, "verification_not_offered"},
    ProblemRow{Errc::no_destination, 422, "no_destination"},
    ProblemRow{Errc::not_verified, 409, "not_verified"},
    ProblemRow{Errc::too_many_attempts, 429, "too_many_attempts"},
    ProblemRow{Errc::blocked, 429, "blocked"},
    ProblemRow{Errc::resend_too_soon, 429, "resend_too_soon"},
    ProblemRow{Errc::daily_limit_reached, 429, "daily_limit_reached"},
    ProblemRow{Errc::rate_limited, 429, "rate_limited"},
    ProblemRow{Errc::password_rejected, 422, "password_rejected"},
    ProblemRow{Errc::wrong_credentials, 401, "wrong_credentials"},
    ProblemRow{Errc::already_answered, 409, "already_answered"},
    ProblemRow{Errc::not_found, 404, "not_found"},
    ProblemRow{Errc::conflict, 409, "conflict"},
    ProblemRow{Errc::forbidden, 403, "forbidden"},
};
static_assert([] {
    for (std::size_t i = 0; i < kRows.size(); ++i)
        if (kRows[i].code != static_cast<Errc>(i)) return false;
    return kRows.size() == static_cast<std::size_t>(Errc::forbidden) + 1;
}());

}  // namespace

const ProblemRow& problem_row(Errc code) {
    return kRows.at(static_cast<std::size_t>(code));
}

}  // namespace latchkey::http
