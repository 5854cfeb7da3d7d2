#pragma once

#include "engine/time.h"
#include "web/outbound/http_call.h"
#include "web/outbound/sms_gateway.h"
#include "web/outbound/transport.h"

#include <memory>
#include <vector>

namespace latchkey {

struct SmsSettings {
    std::vector<SmsGateway> gateways;  // in the order in which they are tried; at least one
    HttpLimits limits = {};            // of each call
};

/// The channel "sms" by HTTP gateways. A gateway that fails for any temporary reason passes the
/// message on to the next one in the same attempt; each has a circuit breaker of its own. A message
/// may so arrive twice, with the same words. What a gateway refuses for good goes to no other.
///
/// Sorting: SmsGateway::outcome. `reached` if any gateway answered for this recipient.
///
/// A probe asks what the gateway's file says, or else only what deliveries found out: while they
/// fail for reasons of the gateway, so do probes (S01).
std::unique_ptr<Transport> make_sms_transport(SmsSettings settings, const Clock& clock);

/// True if the text fits GSM 03.38, in which 160 characters are one SMS; else 70 are.
bool fits_gsm(std::string_view text);

/// Septets in GSM 03.38, or UTF-16 units where that does not fit.
std::size_t sms_length(std::string_view text);

}  // namespace latchkey
