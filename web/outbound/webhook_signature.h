#pragma once

#include "engine/secret.h"
#include "engine/time.h"

#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// Signs what we post as Standard Webhooks prescribes, so that the receiver knows whose it is and
/// that it is not an old one. Immutable.
class WebhookSigner {
 public:
    /// "whsec_" and base64 of 24 to 64 bytes; throws std::invalid_argument for anything else.
    explicit WebhookSigner(const Secret& secret);

    /// The headers "webhook-id", "webhook-timestamp" and "webhook-signature".
    std::vector<std::string> headers(std::string_view id, TimePoint at,
                                     std::string_view body) const;

 private:
    Secret key_;
};

}  // namespace latchkey
