#pragma once

#include "engine/json.h"
#include "engine/message.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// One request to a gateway, ready to be made.
struct GatewayRequest {
    std::string method;  // "GET", "POST" or "PUT"
    std::string url;
    std::vector<std::string> headers;  // "Name: value"
    std::string body;
};

/// What a gateway said.
struct GatewayAnswer {
    int status = 0;
    std::string body;
};

/// One SMS as a gateway's file sees it.
struct SmsText {
    std::string id;  // the same at each attempt
    std::string to;  // E.164
    std::string text;
    bool unicode = false;  // does not fit GSM 03.38
};

/// A gateway described by a file of templates/sms_gateways: what to ask of it and how to read its
/// answer (R23.1). README.md of this folder says what the file may hold. Immutable.
class SmsGateway {
 public:
    using Values = std::map<std::string, std::string>;

    /// `values` are what this installation has from the provider: keys, a sender. Throws
    /// std::invalid_argument, saying what to change, if the file cannot be meant, a value is
    /// missing, unknown or has control characters, or an address is neither https nor this machine.
    SmsGateway(std::string name, const Json& description, Values values);

    const std::string& name() const { return name_; }
    /// Texts that nobody may read in a log.
    std::vector<std::string> secrets() const;

    GatewayRequest request(const SmsText& sms) const;
    /// A question that sends nothing and proves who we are; without a method if there is none.
    GatewayRequest probe() const;

    /// Sorts an answer to request(): status and body both decide. `Outcome::answer` is raw.
    Outcome outcome(const GatewayAnswer& answer) const;
    /// The same for probe().
    Outcome probe_outcome(const GatewayAnswer& answer) const;

 private:
    GatewayRequest made(const Json& description, const SmsText& sms) const;

    std::string name_;
    Json description_;
    Values values_;
};

/// True for an address that a password may travel to: https, or http on this machine. No user
/// name, blanks or control characters.
bool safe_gateway_url(std::string_view url);

}  // namespace latchkey
