#include "web/http/cookies.h"
#include "web/http/edge.h"
#include "web/http/forms.h"
#include "web/http/forwarded.h"
#include "web/http/percent.h"
#include "web/http/target.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

// The parsers of what a request carries, all on the same bytes: what they accept keeps their
// promises, and written again is read again as the same.

namespace {

using namespace latchkey::http;

void require(bool holds) {
    if (!holds) std::abort();
}

void forms(std::string_view bytes) {
    const auto form = parse_form(bytes);
    if (!form) {
        require(form.error().status() >= 400 && form.error().status() < 500);
        require(!form.error().code().empty());
        return;
    }
    std::string again;
    for (const auto& [key, value] : *form) {
        require(!key.empty() && valid_utf8(value) && value.find('\0') == std::string::npos);
        require(std::ranges::count(*form, key, [](const auto& field) { return field.first; }) == 1);
        again += percent_encode(key) + "=" + percent_encode(value) + "&";
    }
    const auto reread = parse_form(again);
    require(reread && std::ranges::equal(*reread, *form));
}

void targets(std::string_view bytes) {
    const auto target = split_target(bytes);
    const auto segments = path_segments(target ? target->path : bytes);
    if (!segments) return;
    std::string again = segments->empty() ? "/" : "";
    for (const auto& segment : *segments) {
        require(segment != "." && segment != "..");
        again += "/" + percent_encode(segment);
    }
    require(path_segments(again) == segments);
}

void cookies(std::string_view bytes) {
    const Cookies all(bytes);
    for (const bool secure : {false, true})
        if (const auto value = all.find("a", secure))
            require(set_cookie("a", *value, SameSite::lax, secure).find(*value) !=
                    std::string::npos);
}

void addresses(std::string_view bytes) {
    if (const auto host = parse_host(bytes)) {
        const auto again = host->name + (host->port ? ":" + std::to_string(host->port) : "");
        require(parse_host(again) == host);
    }
    if (const auto address = Address::parse(bytes))
        require(Address::parse(address->text()) == address);
    if (const auto network = Network::parse(bytes)) {
        const auto first = Address::parse(bytes.substr(0, bytes.find('/')));
        require(network->contains(*first));
    }
}

void proxies(std::string_view bytes) {
    static const Edge edge({"*"}, {"10.0.0.0/8"});
    for (const std::string name : {"x-forwarded-for", "forwarded", "x-forwarded-proto"}) {
        Request request;
        request.headers = {{"host", "a"}, {name, std::string(bytes)}};
        require(edge.admit(request, {Address::parse("10.0.0.1"), false}) == 0);
        require(Address::parse(request.client).has_value());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    forms(bytes);
    targets(bytes);
    cookies(bytes);
    addresses(bytes);
    proxies(bytes);
    return 0;
}
