#include "web/outbound/sms_gateway.h"

#include "engine/unicode.h"
#include "web/outbound/mail_encoding.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <stdexcept>

namespace latchkey {
namespace {

using Escape = std::function<std::string(std::string_view)>;

std::string percent(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    constexpr std::string_view kPlain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (kPlain.find(c) != kPlain.npos)
            out += c;
        else
            (out += '%').append({kHex[byte >> 4], kHex[byte & 15]});
    }
    return out;
}

std::string as_is(std::string_view text) {
    return std::string(text);
}

/// Puts values where their names stand in braces.
std::string filled(std::string_view pattern, const SmsGateway::Values& values,
                   const Escape& escape) {
    std::string out;
    for (std::size_t at = 0; at < pattern.size();) {
        const auto open = std::min(pattern.find('{', at), pattern.size());
        out += pattern.substr(at, open - at);
        if (open == pattern.size()) break;
        const auto close = pattern.find('}', open);
        const auto found =
            close == pattern.npos
                ? values.end()
                : values.find(std::string(pattern.substr(open + 1, close - open - 1)));
        if (found == values.end())
            throw std::invalid_argument("\"" + std::string(pattern) + "\" names an unknown value");
        out += escape(found->second);
        at = close + 1;
    }
    return out;
}

/// JSON with values in its texts: the library writes it, so none can leave its place.
Json filled(const Json& pattern, const SmsGateway::Values& values) {
    if (pattern.is_string()) return filled(pattern.get<std::string>(), values, as_is);
    Json out = pattern;
    if (out.is_structured())
        for (Json& part : out) part = filled(Json(part), values);
    return out;
}

std::string form(const Json& pattern, const SmsGateway::Values& values) {
    std::string out;
    for (const auto& [name, value] : pattern.items())
        out += (out.empty() ? "" : "&") + percent(name) + "=" +
               filled(value.get<std::string>(), values, percent);
    return out;
}

std::string as_text(const Json& value) {
    return value.is_string() ? value.get<std::string>() : value.dump();
}

/// What stands at a JSON pointer, as text; nothing if nothing does.
std::optional<std::string> part(const Json& body, const std::string& pointer) {
    const Json::json_pointer at(pointer);
    if (body.is_discarded() || !body.contains(at) || body.at(at).is_structured()) return {};
    return as_text(body.at(at));
}

bool holds(const Json& rule, const GatewayAnswer& answer, const Json& body) {
    const Json& statuses = rule.at("status");
    if (std::ranges::find(statuses, Json(answer.status)) == statuses.end()) return false;
    const Json conditions = rule.value("body", Json::array());
    return std::ranges::all_of(conditions, [&](const Json& condition) {
        if (condition.contains("contains"))
            return answer.body.find(condition.at("contains").get<std::string>()) !=
                   std::string::npos;
        const auto found = part(body, condition.at("at").get<std::string>());
        const Json& wanted = condition.at("is");
        return found && std::ranges::find(wanted, Json(*found)) != wanted.end();
    });
}

bool any_holds(const Json& rules, const GatewayAnswer& answer, const Json& body) {
    return std::ranges::any_of(rules, [&](const Json& rule) { return holds(rule, answer, body); });
}

/// Answers that concern us or the gateway and no recipient.
bool about_the_gateway(int status) {
    return status < 200 || (status >= 300 && status < 400) || status >= 500 ||
           std::ranges::count(std::array{401, 402, 403, 404, 405, 407, 408, 429}, status) > 0;
}

bool parsed_as_expected(const Json& description, const Json& body) {
    const Json conditions = description.at("accepted").value("body", Json::array());
    return !body.is_discarded() || std::ranges::none_of(conditions, [](const Json& condition) {
        return condition.contains("at");
    });
}

}  // namespace

bool safe_gateway_url(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme == url.npos) return false;
    for (const char c : url)
        if (c <= ' ' || c > '~' || c == '\\') return false;
    const auto rest = url.substr(scheme + 3);
    const auto authority = rest.substr(0, rest.find_first_of("/?#"));
    if (authority.empty() || authority.find('@') != authority.npos) return false;
    if (url.starts_with("https://")) return true;
    if (!url.starts_with("http://")) return false;
    const auto host = authority.starts_with("[") ? authority.substr(0, authority.find(']') + 1)
                                                 : authority.substr(0, authority.find(':'));
    return host == "127.0.0.1" || host == "localhost" || host == "[::1]";
}

SmsGateway::SmsGateway(std::string name, const Json& description, Values values)
    : name_(std::move(name)), description_(description), values_(std::move(values)) {
    const auto require = [&](bool holds, const std::string& sentence) {
        if (!holds) throw std::invalid_argument("SMS gateway " + name_ + ": " + sentence);
    };
    try {
        const Json& declared = description_.at("values");
        for (const Json& value : declared) {
            const auto found = values_.find(value.get<std::string>());
            require(found != values_.end() && !found->second.empty(),
                    "sms.accounts lacks its value \"" + value.get<std::string>() + "\"");
        }
        for (const auto& [key, value] : values_) {
            require(std::ranges::find(declared, Json(key)) != declared.end(),
                    "it has no value \"" + key + "\"");
            require(!has_control_characters(value), "\"" + key + "\" has control characters");
        }
        const SmsText sample{.id = "id", .to = "+12025550101", .text = "x"};
        for (const auto& each : {request(sample), probe()})
            require(each.method.empty() || safe_gateway_url(each.url),
                    "its address must begin with https://, or be on this machine");
        const GatewayAnswer nothing{.status = 200, .body = "{}"};
        outcome(nothing);
    } catch (const Json::exception& fault) {
        require(false, "its file is incomplete: " + std::string(fault.what()));
    }
}

std::vector<std::string> SmsGateway::secrets() const {
    std::vector<std::string> all;
    for (const auto& [key, value] : values_)
        if (key != "from" && key != "url" && key != "region")
            all.insert(all.end(), {value, percent(value)});
    return all;
}

GatewayRequest SmsGateway::made(const Json& description, const SmsText& sms) const {
    Values values = values_;
    GatewayRequest request{.method = description.at("method").get<std::string>()};
    if (request.method != "GET" && request.method != "POST" && request.method != "PUT")
        throw std::invalid_argument("SMS gateway " + name_ + ": no method " + request.method);
    // The whole address may be a value; else each value keeps to its place in it.
    const auto url = description.at("url").get<std::string>();
    values.insert({{"to", sms.to},
                   {"to_digits", sms.to.substr(std::min<std::size_t>(1, sms.to.size()))},
                   {"text", sms.text},
                   {"id", sms.id},
                   {"encoding", sms.unicode ? "unicode" : "text"}});
    request.url = filled(url, values, url == "{url}" ? Escape(as_is) : Escape(percent));
    const auto add = [&](const std::string& header) {
        if (has_control_characters(header))
            throw std::invalid_argument("a header has control characters");
        request.headers.push_back(header);
    };
    const Json headers = description.value("headers", Json::object());
    for (const auto& [name, value] : headers.items())
        add(name + ": " + filled(value.get<std::string>(), values, as_is));
    if (description.contains("basic"))
        add("Authorization: Basic " +
            base64(filled(description.at("basic").at(0).get<std::string>(), values, as_is) + ":" +
                   filled(description.at("basic").at(1).get<std::string>(), values, as_is)));
    if (!description.contains("body")) return request;
    const bool json = description.at("format") == "json";
    add(json ? "Content-Type: application/json"
             : "Content-Type: application/x-www-form-urlencoded");
    request.body =
        json ? filled(description.at("body"), values).dump() : form(description.at("body"), values);
    return request;
}

GatewayRequest SmsGateway::request(const SmsText& sms) const {
    return made(description_.at("request"), sms);
}

GatewayRequest SmsGateway::probe() const {
    if (!description_.contains("probe")) return {};
    return made(description_.at("probe"), {});
}

Outcome SmsGateway::outcome(const GatewayAnswer& answer) const {
    using Kind = Outcome::Kind;
    const Json body = Json::parse(answer.body, nullptr, false);
    std::string said = name_ + ": HTTP " + std::to_string(answer.status);
    for (const Json& pointer : description_.value("explanation", Json::array()))
        if (const auto text = part(body, pointer.get<std::string>())) said += " " + *text;
    if (holds(description_.at("accepted"), answer, body)) {
        const auto id = part(body, description_.value("message_id", ""));
        return {Kind::accepted, true, name_ + ": taken" + (id ? " as " + *id : "")};
    }
    if (any_holds(description_.at("refused"), answer, body)) return {Kind::permanent, true, said};
    const bool away = about_the_gateway(answer.status) ||
                      any_holds(description_.at("unavailable"), answer, body) ||
                      !parsed_as_expected(description_, body);
    return {Kind::temporary, !away, said};
}

Outcome SmsGateway::probe_outcome(const GatewayAnswer& answer) const {
    const bool well = answer.status >= 200 && answer.status < 300;
    return {well ? Outcome::Kind::accepted : Outcome::Kind::temporary, well,
            name_ + ": HTTP " + std::to_string(answer.status)};
}

}  // namespace latchkey
