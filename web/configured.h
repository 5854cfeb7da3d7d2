#pragma once

#include "engine/enrollment_check.h"
#include "verifications/sms_code.h"
#include "web/config.h"
#include "web/outbound/transport.h"
#include "web/render/assets.h"

#include <memory>
#include <string>
#include <vector>

/// What the configuration file stands for. Values that do not fit are refused with
/// ConfigError, which names the setting and says what to change.
namespace latchkey {

/// The path of the public URL without its last slash: "" or "/a/b" (R5.4).
std::string prefix_of(const std::string& public_url);

/// What may stand in Host: the public name, and without one this machine's own (R5.2).
std::vector<std::string> hosts_of(const Config& config);

/// A path of the file as seen from the folder of the configuration; empty stays empty.
std::string in_folder(const Config& config, const std::string& file);

/// What is said of all SMS; the regions must be known.
SmsRules sms_rules_of(const Config& config);

/// The peers to which messages go, of the channels that are configured.
std::vector<std::unique_ptr<Transport>> transports_of(const Config& config, const Assets& assets,
                                                      const Clock& clock);

/// Null if nobody is to be asked.
std::unique_ptr<EnrollmentCheck> enrollment_check_of(const Config& config, const Clock& clock,
                                                     Random& random);

}  // namespace latchkey
