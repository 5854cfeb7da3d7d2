#include "verifications/phone_number.h"
#include "web/outbound/peer_answer.h"
#include "web/outbound/sms_gateway.h"
#include "web/outbound/smtp_transcript.h"
#include "web/render/assets.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

// What peers say back, and telephone numbers as people write them.

namespace {

using namespace latchkey;

void require(bool holds) {
    if (!holds) std::abort();
}

void smtp(std::string_view bytes) {
    SmtpTranscript transcript;
    transcript.begin();
    transcript.connected();
    bool ours = false;
    while (!bytes.empty()) {
        const std::size_t end = std::min(bytes.find('\n'), bytes.size() - 1) + 1;
        const std::string_view line = bytes.substr(0, end);
        ours ? transcript.said(line) : transcript.heard(line);
        ours = !ours;
        bytes.remove_prefix(end);
        require(transcript.answer().size() <= 2000 && transcript.code() >= 0 &&
                transcript.code() < 1000);
    }
    const std::array<std::string, 2> hidden{"s3cret", ""};
    const std::string shown = peer_answer(transcript.answer(), hidden);
    require(shown.size() <= 310 && shown.find("s3cret") == std::string::npos);
    require(std::ranges::all_of(shown, [](char c) { return c >= ' ' && c < 0x7F; }));
}

void gateway(std::string_view bytes) {
    static const SmsGateway json("generic",
                                 Json::parse(*Assets().find("sms_gateways/generic.json")),
                                 {{"url", "https://sms.example/"}, {"token", "t"}, {"from", "L"}});
    const Outcome outcome = json.outcome({bytes.empty() ? 0 : 200, std::string(bytes)});
    if (outcome.kind == Outcome::Kind::accepted)
        require(Json::parse(bytes, nullptr, false).is_object());
}

void phone(std::string_view bytes) {
    const PhoneNumber number = read_phone_number(bytes, {});
    require(number.e164.empty() == (number.fault != PhoneFault::none));
    if (number.e164.empty()) return;
    require(number.e164.front() == '+' && number.e164.size() <= 16);
    require(read_phone_number(number.e164, {}).e164 == number.e164);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    smtp(bytes);
    gateway(bytes);
    phone(bytes);
    return 0;
}
