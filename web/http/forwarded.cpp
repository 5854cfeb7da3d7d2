#include "web/http/forwarded.h"

#include "web/http/tokens.h"

namespace latchkey::http {

namespace {

/// All values of one header as the list that they are together (RFC 9110 section 5.3).
std::string joined(const Request& request, std::string_view name) {
    std::string all;
    for (const auto& [key, value] : request.headers)
        if (key == name) all.append(all.empty() ? "" : ",").append(value);
    return all;
}

/// "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]" or "[2001:db8::1]:4711".
std::optional<Address> node_address(std::string_view node) {
    if (node.starts_with('[')) {
        const auto bracket = node.find(']');
        if (bracket == std::string_view::npos) return std::nullopt;
        const auto rest = node.substr(bracket + 1);
        if (!rest.empty() && rest.front() != ':') return std::nullopt;
        return Address::parse(node.substr(1, bracket - 1));
    }
    const auto colon = node.find(':');
    const bool port = colon != std::string_view::npos && colon == node.rfind(':');
    return Address::parse(port ? node.substr(0, colon) : node);
}

std::string known_scheme(std::string_view text) {
    auto scheme = lower_case(text);
    if (scheme != "http" && scheme != "https") scheme.clear();
    return scheme;
}

/// The value of a parameter, without the quotes that an IPv6 address needs there. A quoted pair is
/// left as it is: no address contains one.
std::string_view unquoted(std::string_view value) {
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
        return value.substr(1, value.size() - 2);
    return value;
}

Hop parse_element(std::string_view element) {
    Hop hop;
    while (!element.empty()) {
        auto value = next_element(element, ';');
        const auto name = next_element(value, '=');
        if (same_ignoring_case(name, "for")) hop.from = node_address(unquoted(value));
        if (same_ignoring_case(name, "proto")) hop.scheme = known_scheme(unquoted(value));
    }
    return hop;
}

}  // namespace

std::vector<Hop> x_forwarded_hops(const Request& request) {
    const auto schemes = joined(request, "x-forwarded-proto");
    const auto comma = schemes.rfind(',');
    const auto last = comma == std::string::npos ? std::string_view(schemes)
                                                 : std::string_view(schemes).substr(comma + 1);
    const auto scheme = known_scheme(trim(last));
    const auto addresses = joined(request, "x-forwarded-for");
    std::vector<Hop> hops;
    for (std::string_view rest = addresses; !rest.empty();)
        hops.push_back(Hop{node_address(next_element(rest, ',')), scheme});
    return hops;
}

std::vector<Hop> forwarded_hops(const Request& request) {
    const auto all = joined(request, "forwarded");
    std::vector<Hop> hops;
    for (std::string_view rest = all; !rest.empty();)
        hops.push_back(parse_element(next_element(rest, ',')));
    return hops;
}

}  // namespace latchkey::http
