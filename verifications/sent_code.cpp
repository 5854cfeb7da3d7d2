#include "verifications/sent_code.h"

namespace latchkey {

std::string code_of(const CodeChannel& channel, const Situation& situation,
                    std::string_view challenge, std::string_view address) {
    const auto length = static_cast<std::size_t>(integer(situation.settings, "code_length"));
    return keyed_digits(situation.crypto, length, {channel.type, challenge, address});
}

Json to_memory(const CodeSent& sent) {
    return {{"challenge", sent.challenge},
            {"address", sent.address},
            {"sent_at", millis(sent.sent_at)},
            {"taken_at", sent.taken_at ? Json(millis(*sent.taken_at)) : Json()},
            {"over", sent.over}};
}

CodeSent code_sent(const Json& memory) {
    CodeSent sent{.challenge = memory.at("challenge").get<std::string>(),
                  .address = memory.at("address").get<std::string>(),
                  .sent_at = from_millis(memory.at("sent_at").get<std::int64_t>()),
                  .taken_at = {},
                  .over = memory.value("over", false)};
    if (const Json& taken = memory.at("taken_at"); !taken.is_null())
        sent.taken_at = from_millis(taken.get<std::int64_t>());
    return sent;
}

std::optional<TimePoint> code_end(const CodeSent& sent, const Situation& situation) {
    const auto taken = sent.taken_at ? sent.taken_at : situation.delivery.accepted_at;
    if (!taken) return {};
    return *taken + duration(situation.settings, "expires_in");
}

CodeSent next_code(const CodeSent* before, const std::string& address, const Situation& situation) {
    if (before && !before->over && before->address == address) {
        const auto end = code_end(*before, situation);
        const auto life = duration(situation.settings, "expires_in");
        if (!end || situation.now + life / 2 <= *end) {
            CodeSent again = *before;
            again.sent_at = situation.now;
            if (end) again.taken_at = *end - life;
            return again;
        }
    }
    return {.challenge = random_token(situation.random),
            .address = address,
            .sent_at = situation.now,
            .taken_at = {}};
}

SendMessage code_message(const CodeChannel& channel, const CodeSent& sent, const CodeDevice& device,
                         const std::string& wording, const Situation& situation) {
    const auto life = duration(situation.settings, "expires_in");
    return {.channel = channel.channel,
            .to = sent.address,
            .wording = wording,
            .data = {{"code", code_of(channel, situation, sent.challenge, sent.address)},
                     {"minutes", std::chrono::ceil<Minutes>(life).count()}},
            .not_again_for = duration(situation.settings, "resend_after"),
            .per_day = integer(situation.settings, "max_per_day"),
            .device = device.id,
            .limit_per_device = channel.limit_per_device,
            .shared = channel.shared ? channel.shared(sent.address) : std::vector<SharedLimit>{}};
}

Field code_field(const CodeChannel& channel, const Json& settings) {
    const auto length = static_cast<std::size_t>(integer(settings, "code_length"));
    return {.key = "code",
            .kind = FieldKind::digits,
            .label = {channel.type + ".enter.code", {}},
            .spoken = {channel.type + ".enter.spoken", {}},
            .min_length = length,
            .max_length = length,
            .autofill = "one-time-code"};
}

Prompt code_prompt(const CodeChannel& channel, const CodeSent& sent, const Situation& situation) {
    Prompt prompt{
        .title = {channel.type + ".enter.title", {}},
        .notices = {{{channel.type + ".enter.sent", {{"to", channel.mask(sent.address)}}}}},
        .fields = {code_field(channel, situation.settings)},
        .actions = {{.key = std::string(kResend),
                     .label = {channel.type + ".enter.resend", {}},
                     .available_at = sent.sent_at + duration(situation.settings, "resend_after")}}};
    const auto life = duration(situation.settings, "expires_in");
    if (sent.taken_at)
        prompt.expires_at = *sent.taken_at + life;
    else
        prompt.lasts = life;
    return prompt;
}

std::optional<Problem> code_fault(const CodeChannel& channel, const CodeSent& sent,
                                  std::string_view typed, const Situation& situation) {
    const auto expected = code_of(channel, situation, sent.challenge, sent.address);
    const bool right = situation.crypto.equal(typed, expected);
    const auto end = code_end(sent, situation);
    if (sent.over || is_ahead(sent.sent_at, situation.now) || (end && situation.now >= *end))
        return Problem{"code", "code_expired", {"problem.code_expired", {}}};
    if (!right) return Problem{"code", "wrong_answer", {"problem.wrong_code", {}}};
    return {};
}

Json remembering(const Problem& fault, Json memory) {
    if (fault.code == "code_expired") memory["over"] = true;
    return memory;
}

}  // namespace latchkey
