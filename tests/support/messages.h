#pragma once

#include "engine/message.h"
#include "tests/support/fixed_clock.h"
#include "web/outbound/composer.h"

#include <string>

namespace latchkey {

/// A mail with a code that lives ten minutes from kNewYear.
inline Message code_message(std::string id, std::string to = "amy@example.org") {
    Message message;
    message.id = MessageId(std::move(id));
    message.reference = "7KQF-M3PD";
    message.lane = Lane::code;
    message.channel = "email";
    message.to = std::move(to);
    message.wording = "code";
    message.locale = "en";
    message.data = {{"code", "123456"}};
    message.created_at = kNewYear;
    message.give_up_at = kNewYear + Minutes{10};
    return message;
}

inline Composed plain_words() {
    return {"Your code", "Your code is 123456.\n", "<p>Your code is <b>123456</b>.</p>\n", "en"};
}

}  // namespace latchkey
