#include "web/outbound/smtp.h"

#include "engine/unicode.h"
#include "web/outbound/mail.h"
#include "web/outbound/mail_encoding.h"
#include "web/outbound/peer_answer.h"
#include "web/outbound/smtp_session.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

namespace latchkey {
namespace {

constexpr std::size_t kMostIdle = 16;

bool ip_address(const std::string& host) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
           inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

bool this_machine(const std::string& host) {
    return host == "localhost" || host == "::1" || (ip_address(host) && host.starts_with("127."));
}

void require(bool holds, const char* sentence) {
    if (!holds) throw std::invalid_argument(sentence);
}

SmtpSettings checked(SmtpSettings settings) {
    if (!ip_address(settings.host)) {
        const auto host = ascii_domain(settings.host);
        require(host.has_value(), "mail.host is neither a host name nor an IP address");
        settings.host = *host;
    }
    require(settings.port != 0, "mail.port is not a port between 1 and 65535");
    if (settings.hello.empty()) settings.hello = settings.from.address.domain();
    const auto ehlo = ascii_domain(settings.hello);
    require(ehlo.has_value(), "mail.hello is not a domain name");
    settings.hello = *ehlo;
    require(!settings.from.address.international(),
            "mail.from has letters before the '@' that many servers refuse: use ASCII there");
    require(!has_control_characters(settings.user) &&
                !has_control_characters(settings.password.reveal()),
            "mail.user and mail.password may not contain control characters");
    require(settings.password.empty() || !settings.user.empty(),
            "mail.password is given without mail.user");
    require(settings.user.empty() || settings.tls != SmtpTls::none || this_machine(settings.host),
            "mail.user with mail.tls = \"none\" would send the password unprotected: use "
            "\"starttls\" or \"implicit\"");
    return settings;
}

const char* words(SmtpStage stage) {
    switch (stage) {
        case SmtpStage::connect:
            return "connecting";
        case SmtpStage::greeting:
            return "greeting";
        case SmtpStage::sender:
            return "MAIL FROM";
        case SmtpStage::recipient:
            return "RCPT TO";
        case SmtpStage::content:
            return "DATA";
    }
    return "";
}

class SmtpTransport : public Transport {
 public:
    explicit SmtpTransport(SmtpSettings settings) : settings_(checked(std::move(settings))) {
        if (settings_.password.empty()) return;
        const std::string password(settings_.password.reveal());
        const std::string plain = '\0' + settings_.user + '\0' + password;
        hidden_ = {password, base64(password), base64(plain)};
    }

    std::string_view channel() const override { return "email"; }
    Outcome deliver(const Message& message, const Composed& words,
                    const Allowance& allowance) override;
    Outcome probe(const Allowance& allowance) override;

 private:
    using Conversation = std::function<SmtpTalk(SmtpSession&)>;
    struct Idle {
        std::unique_ptr<SmtpSession> session;
        std::chrono::steady_clock::time_point since;
    };

    Outcome probe_until(const SmtpDeadline& deadline);
    Outcome refuse(const std::string& reason, const SmtpDeadline& deadline);
    SmtpTalk talk(const Conversation& conversation);
    std::unique_ptr<SmtpSession> take_session();
    void keep_session(std::unique_ptr<SmtpSession> session);
    Outcome outcome_of(const SmtpTalk& talk, std::vector<std::string> hidden) const;

    const SmtpSettings settings_;
    std::vector<std::string> hidden_;  // spellings of the password that a server might repeat
    std::mutex mutex_;
    std::vector<Idle> idle_;  // in the order in which they came
};

SmtpDeadline deadline_of(const Allowance& allowance) {
    return {std::chrono::steady_clock::now() + allowance.time, allowance.stop};
}

Outcome SmtpTransport::deliver(const Message& message, const Composed& words,
                               const Allowance& allowance) {
    const auto deadline = deadline_of(allowance);
    const auto to = parse_mail_address(message.to);
    if (!to) return refuse("the address on file is not a mail address", deadline);
    std::string content;
    try {
        content = mail_text({message.id, settings_.from, *to, message.created_at, words});
    } catch (const std::invalid_argument& fault) {
        return refuse(fault.what(), deadline);
    }
    if (to->international()) {
        bool offered = false;
        const auto greeting = talk([&](SmtpSession& session) {
            auto said = session.greet(deadline);
            offered = session.offers_smtputf8();
            return said;
        });
        if (!greeting.completed) return outcome_of(greeting, {message.to});
        if (!offered) return refuse("the mail server takes no international addresses", deadline);
    }
    const auto said =
        talk([&](SmtpSession& session) { return session.send(*to, content, deadline); });
    auto hidden = secrets_of(message);
    hidden.push_back(to->text());
    return outcome_of(said, std::move(hidden));
}

Outcome SmtpTransport::probe(const Allowance& allowance) {
    return probe_until(deadline_of(allowance));
}

Outcome SmtpTransport::probe_until(const SmtpDeadline& deadline) {
    return outcome_of(talk([&](SmtpSession& session) { return session.introduce(deadline); }), {});
}

/// A message that must not reach the wire ends as if the server had refused its recipient, which
/// takes a server that answers: a decoy never fails alone (S01).
Outcome SmtpTransport::refuse(const std::string& reason, const SmtpDeadline& deadline) {
    Outcome peer = probe_until(deadline);
    if (peer.kind != Outcome::Kind::accepted) return peer;
    return {Outcome::Kind::permanent, true, reason};
}

SmtpTalk SmtpTransport::talk(const Conversation& conversation) {
    auto session = take_session();
    auto said = conversation(*session);
    // A server may hang up on a connection that has been idle or carried enough. On a new one the
    // same words get their chance before anyone waits for a retry.
    const bool hung_up = !said.completed && said.reused && said.stage <= SmtpStage::sender &&
                         (said.code == 0 || said.code == 421);
    if (hung_up) said = conversation(*session);
    keep_session(std::move(session));
    return said;
}

std::unique_ptr<SmtpSession> SmtpTransport::take_session() {
    {
        const std::lock_guard lock(mutex_);
        if (!idle_.empty()) {
            auto session = std::move(idle_.back().session);
            idle_.pop_back();
            return session;
        }
    }
    return std::make_unique<SmtpSession>(settings_);
}

void SmtpTransport::keep_session(std::unique_ptr<SmtpSession> session) {
    const auto now = std::chrono::steady_clock::now();
    std::vector<Idle> expired;  // said goodbye to without the lock
    const std::lock_guard lock(mutex_);
    idle_.push_back({std::move(session), now});
    const auto fresh = std::ranges::find_if(
        idle_, [&](const Idle& idle) { return idle.since + settings_.keep_alive > now; });
    const auto excess =
        idle_.end() - static_cast<std::ptrdiff_t>(std::min(idle_.size(), kMostIdle));
    const auto end = std::max(fresh, excess);
    std::move(idle_.begin(), end, std::back_inserter(expired));
    idle_.erase(idle_.begin(), end);
}

Outcome SmtpTransport::outcome_of(const SmtpTalk& said, std::vector<std::string> hidden) const {
    hidden.insert(hidden.end(), hidden_.begin(), hidden_.end());
    if (said.completed) return {Outcome::Kind::accepted, true, peer_answer(said.answer, hidden)};
    const bool reached = said.stage > SmtpStage::sender;
    const std::string& reason = said.code >= 400 ? said.answer : said.fault;
    return {reached && said.code >= 500 ? Outcome::Kind::permanent : Outcome::Kind::temporary,
            reached, peer_answer(std::string(words(said.stage)) + ": " + reason, hidden)};
}

}  // namespace

std::optional<SmtpTls> smtp_tls_named(std::string_view name) {
    if (name == "implicit") return SmtpTls::implicit;
    if (name == "starttls") return SmtpTls::starttls;
    if (name == "none") return SmtpTls::none;
    return {};
}

std::unique_ptr<Transport> make_smtp_transport(SmtpSettings settings) {
    return std::make_unique<SmtpTransport>(std::move(settings));
}

}  // namespace latchkey
