#include "web/http/csrf.h"

namespace latchkey::http {
namespace {

std::string seal(const Crypto& crypto, const SessionId& session, std::string_view chance) {
    return base32(crypto.keyed_digest(KeyUse::form, {session.text(), chance}).substr(0, 15));
}

}  // namespace

std::string make_form_token(const Crypto& crypto, Random& random, const SessionId& session) {
    const std::string chance = random_token(random, 80);
    return chance + "." + seal(crypto, session, chance);
}

bool form_token_holds(const Crypto& crypto, const SessionId& session, std::string_view token) {
    const std::size_t dot = token.find('.');
    if (dot == std::string_view::npos || dot == 0) return false;
    return crypto.equal(token.substr(dot + 1), seal(crypto, session, token.substr(0, dot)));
}

bool same_origin(const Request& request) {
    const std::string_view site = request.header("sec-fetch-site");
    if (!site.empty()) return site == "same-origin";
    const std::string_view origin = request.header("origin");
    if (origin.empty()) return true;
    const std::string own =
        (request.secure ? "https://" : "http://") + std::string(request.header("host"));
    return origin == own;
}

}  // namespace latchkey::http
