#pragma once

#include "engine/message.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// What a peer may not be quoted with of a message (S62): for whom it is, its code and its link.
std::vector<std::string> secrets_of(const Message& message);

/// What a peer said, made fit for staff to read: each of `hidden` (credentials, the recipient's
/// address; in any letter case) replaced by "***", line ends by blanks, whatever else is not
/// printable ASCII escaped as "\x1B", cut at 300 bytes. Empty entries of `hidden` are ignored.
std::string peer_answer(std::string_view said, std::span<const std::string> hidden);

}  // namespace latchkey
