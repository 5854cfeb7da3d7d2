#include "web/outbound/sms.h"

#include "web/outbound/circuit_breaker.h"
#include "web/outbound/peer_answer.h"

#include <algorithm>
#include <list>
#include <mutex>
#include <optional>

namespace latchkey {
namespace {

constexpr Milliseconds kRememberedFor =
    Seconds{120};  // longer than the longest pause between tries

class SmsTransport final : public Transport {
 public:
    SmsTransport(SmsSettings settings, const Clock& clock)
        : limits_(std::move(settings.limits)), clock_(clock) {
        for (auto& gateway : settings.gateways) lines_.emplace_back(std::move(gateway));
    }

    std::string_view channel() const override { return "sms"; }

    Outcome deliver(const Message& message, const Composed& words,
                    const Allowance& allowance) override {
        const SmsText sms{.id = message.id.text(),
                          .to = message.to,
                          .text = words.text,
                          .unicode = !fits_gsm(words.text)};
        auto hidden = secrets_of(message);
        hidden.push_back(message.to.substr(1));
        hidden.push_back(words.text);
        return in_turn(allowance, hidden, [&](Line& line, const Allowance& left) {
            const TimePoint now = clock_.now();
            if (auto spared = line.breaker.instead(now)) return *std::move(spared);
            Outcome outcome = asked(line.gateway.request(sms), left, [&](const auto& answer) {
                return line.gateway.outcome(answer);
            });
            line.breaker.after(outcome, clock_.now());
            line.remember(outcome, clock_.now());
            return outcome;
        });
    }

    Outcome probe(const Allowance& allowance) override {
        return in_turn(allowance, {}, [&](Line& line, const Allowance& left) {
            if (auto fault = line.last_fault(clock_.now())) return *std::move(fault);
            const auto request = line.gateway.probe();
            if (request.method.empty()) return Outcome{Outcome::Kind::accepted, true, {}};
            return asked(request, left,
                         [&](const auto& answer) { return line.gateway.probe_outcome(answer); });
        });
    }

 private:
    /// A gateway and what is known of it.
    struct Line {
        explicit Line(SmsGateway the_gateway) : gateway(std::move(the_gateway)) {}

        void remember(const Outcome& outcome, TimePoint now) {
            const std::lock_guard lock(mutex);
            fault.reset();
            if (outcome.reached) return;
            fault = outcome;
            fault_at = now;
        }
        std::optional<Outcome> last_fault(TimePoint now) {
            const std::lock_guard lock(mutex);
            if (!fault || now - fault_at > kRememberedFor) return {};
            return fault;
        }

        SmsGateway gateway;
        CircuitBreaker breaker = {};
        std::mutex mutex = {};
        std::optional<Outcome> fault = {};
        TimePoint fault_at{};
    };

    template <class Read>
    Outcome asked(const GatewayRequest& request, const Allowance& left, Read&& read) const {
        HttpLimits limits = limits_;
        limits.total = std::min(limits.total, left.time);
        const auto answer = http_call(request, limits, left.stop);
        if (const auto* none = std::get_if<NoAnswer>(&answer))
            return {Outcome::Kind::temporary, false, none->reason};
        return read(std::get<GatewayAnswer>(answer));
    }

    /// The gateways one after the other, until one takes the message or refuses it for good.
    template <class Try>
    Outcome in_turn(const Allowance& allowance, const std::vector<std::string>& hidden,
                    Try&& attempt) {
        const auto end = std::chrono::steady_clock::now() + allowance.time;
        Outcome all{Outcome::Kind::temporary, false, {}};
        for (Line& line : lines_) {
            const auto left =
                std::chrono::duration_cast<Milliseconds>(end - std::chrono::steady_clock::now());
            if (left <= Milliseconds{0} || allowance.stop.stop_requested()) break;
            Outcome outcome = attempt(line, Allowance{left, allowance.stop});
            auto secrets = line.gateway.secrets();
            secrets.insert(secrets.end(), hidden.begin(), hidden.end());
            const std::string said = peer_answer(outcome.answer, secrets);
            const bool named = said.starts_with(line.gateway.name() + ":");
            all.answer += (all.answer.empty() ? "" : "; ") +
                          (named ? said : line.gateway.name() + ": " + said);
            all.reached = all.reached || outcome.reached;
            all.kind = outcome.kind;
            if (outcome.kind != Outcome::Kind::temporary) return all;
        }
        return all;
    }

    const HttpLimits limits_;
    const Clock& clock_;
    std::list<Line> lines_;
};

/// GSM 03.38: the letters of the basic table beyond ASCII, and those that take two septets.
constexpr std::string_view kBasic = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";
constexpr std::string_view kAsciiLacking = "`^{}[]~\\|";
constexpr std::string_view kExtended = "^{}\\[~]|€";

std::size_t character(std::string_view text) {
    std::size_t end = 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    return end;
}

/// Septets of one character; 0 if the table lacks it.
std::size_t septets(std::string_view one) {
    if (kExtended.find(one) != kExtended.npos) return 2;
    if (one.size() > 1) return kBasic.find(one) != kBasic.npos ? 1 : 0;
    const bool plain = one[0] == '\n' || (one[0] >= ' ' && one[0] <= '~');
    return plain && kAsciiLacking.find(one) == kAsciiLacking.npos ? 1 : 0;
}

}  // namespace

bool fits_gsm(std::string_view text) {
    while (!text.empty()) {
        const std::size_t size = character(text);
        if (septets(text.substr(0, size)) == 0) return false;
        text.remove_prefix(size);
    }
    return true;
}

std::size_t sms_length(std::string_view text) {
    const bool gsm = fits_gsm(text);
    std::size_t length = 0;
    while (!text.empty()) {
        const std::size_t size = character(text);
        length += gsm ? septets(text.substr(0, size)) : (size == 4 ? 2 : 1);
        text.remove_prefix(size);
    }
    return length;
}

std::unique_ptr<Transport> make_sms_transport(SmsSettings settings, const Clock& clock) {
    return std::make_unique<SmsTransport>(std::move(settings), clock);
}

}  // namespace latchkey
