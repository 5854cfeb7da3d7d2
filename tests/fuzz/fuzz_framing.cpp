#include "web/server/request_parser.h"

#include <cstdint>
#include <cstdlib>
#include <string>

// Whatever bytes come: the gate's verdict does not depend on how they are split, and what it
// accepts Beast reads in the same way to the same end.

namespace {

using latchkey::FramingGate;

constexpr latchkey::FramingLimits kLimits = {
    .request_line = 200, .head = 1000, .header_count = 20, .body = 400};

struct Verdict {
    FramingGate::State state = FramingGate::State::need_more;
    int status = 0;
    std::size_t size = 0;

    bool operator==(const Verdict&) const = default;
};

/// The verdict when the first message comes in steps of that many bytes.
Verdict judge(std::string_view bytes, std::size_t step) {
    FramingGate gate(kLimits);
    auto state = FramingGate::State::need_more;
    for (std::size_t end = 0; state == FramingGate::State::need_more && end < bytes.size();) {
        end = std::min(end + step, bytes.size());
        state = gate.read(std::string(bytes.substr(0, end)));
    }
    return {state, gate.status(), state == FramingGate::State::complete ? gate.size() : 0};
}

void require(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view bytes(reinterpret_cast<const char*>(data), size);
    while (!bytes.empty()) {
        FramingGate gate(kLimits);
        const auto state = gate.read(bytes);
        const Verdict whole{state, gate.status(),
                            state == FramingGate::State::complete ? gate.size() : 0};
        for (const std::size_t step : {std::size_t{1}, std::size_t{7}, bytes.size() / 2 + 1})
            require(judge(bytes, step) == whole);
        if (state != FramingGate::State::complete) return 0;

        const auto parsed = latchkey::parse_request(bytes.substr(0, gate.size()), gate);
        require(parsed.has_value());
        require(parsed->request.body.size() == gate.body_size());
        require(parsed->request.path.starts_with('/'));
        bytes.remove_prefix(gate.size());
    }
    return 0;
}
