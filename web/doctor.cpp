#include "web/doctor.h"

#include "engine/json.h"
#include "web/application.h"
#include "web/outbound/transport.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <algorithm>
#include <memory>

namespace latchkey {
namespace {

using Level = Finding::Level;
using Findings = std::vector<Finding>;

constexpr int kDaysToRenew = 21;
constexpr Minutes kQueueIsLate{10};
constexpr Minutes kClockMayDiffer{5};
constexpr std::uintmax_t kLeastSpace = 200U << 20;  // bytes
constexpr Seconds kProbeLasts{15};

/// A file that holds secrets is its owner's alone.
void examine_file(const std::filesystem::path& file, const std::string& about, Findings& findings) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0)
        findings.push_back({Level::fault, about, file.string() + " cannot be read"});
    else if ((status.st_mode & 077) != 0)
        findings.push_back({Level::fault, about,
                            file.string() + " holds secrets and can be read by others: run chmod "
                                            "600 on it"});
}

void examine_configuration(const Config& config, const std::filesystem::path& file,
                           Findings& findings) {
    const std::size_t before = findings.size();
    const bool secrets = !config.mail.password.empty() || !config.sms.accounts.empty() ||
                         !config.enrollment_check.secret.empty();
    if (secrets) examine_file(file, "configuration", findings);
    if (findings.size() == before)
        findings.push_back({Level::good, "configuration", file.string() + " is fine"});
}

void examine_address(const Config& config, Findings& findings) {
    const auto& server = config.server;
    const auto warn = [&](Level level, const std::string& what) {
        findings.push_back({level, "address", what});
    };
    const std::size_t before = findings.size();
    if (server.public_url.empty())
        warn(Level::warning,
             "server.public_url is empty: set it to where people reach the server; "
             "mails need it for their links");
    else if (server.public_url.starts_with("http://") &&
             !on_this_machine(server.public_url.substr(std::string_view("http://").size())))
        warn(Level::fault, "server.public_url is not https: passwords would travel unprotected");
    const bool tls = !server.tls_certificate.empty();
    if (!tls && !on_this_machine(server.listen) && !server.listen.starts_with("unix:") &&
        server.trusted_proxies.empty())
        warn(Level::fault,
             "server.listen is open to others without TLS: nobody but this machine is "
             "answered. Set server.tls_certificate and tls_key, or name the proxy in "
             "server.trusted_proxies");
    for (const auto& proxy : server.trusted_proxies)
        if (proxy.ends_with("/0"))
            warn(Level::fault, "server.trusted_proxies holds " + proxy +
                                   ": anybody could claim any address. Name the proxies alone");
    if (findings.size() == before) warn(Level::good, "people are answered at " + server.listen);
}

void examine_certificate(const Config& config, Findings& findings) {
    if (config.server.tls_certificate.empty()) return;
    const auto file = config.folder / config.server.tls_certificate;
    const std::unique_ptr<BIO, int (*)(BIO*)> bio(BIO_new_file(file.c_str(), "r"), BIO_free);
    const std::unique_ptr<X509, void (*)(X509*)> certificate(
        bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr, X509_free);
    ERR_clear_error();
    if (!certificate) {
        findings.push_back({Level::fault, "certificate", file.string() + " is no PEM certificate"});
        return;
    }
    int days = 0;
    int seconds = 0;
    ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate.get()));
    const bool over = days < 0 || seconds < 0;
    if (over)
        findings.push_back({Level::fault, "certificate",
                            file.string() + " has expired: renew it, then send SIGHUP to serve"});
    else
        findings.push_back(
            {days < kDaysToRenew ? Level::warning : Level::good, "certificate",
             file.string() + " ends in " + std::to_string(days) + " days" +
                 (days < kDaysToRenew ? ": renew it, then send SIGHUP to serve" : "")});
    examine_file(config.folder / config.server.tls_key, "certificate", findings);
}

void examine_clock(const Application* application, Findings& findings) {
    timex state{};
    if (adjtimex(&state) == TIME_ERROR)
        findings.push_back({Level::warning, "clock",
                            "this machine's clock is not kept right by anything: codes of apps "
                            "depend on it. Install chrony or systemd-timesyncd"});
    else
        findings.push_back({Level::good, "clock", "it is synchronised"});
    if (!application) return;
    const auto last = application->last_activity();
    if (last && *last > application->parts().clock.now() + kClockMayDiffer)
        findings.push_back({Level::fault, "clock",
                            "the record has an entry of " + rfc3339(*last) +
                                ", which is yet to come: the clock was set back, or another "
                                "node's clock is ahead"});
}

void examine_space(const Config& config, Findings& findings) {
    std::error_code error;
    const auto space = std::filesystem::space(config.folder, error);
    if (!error && space.available < kLeastSpace)
        findings.push_back({Level::warning, "disk",
                            "less than 200 MiB are free in " + config.folder.string() +
                                ": when it is full, nobody can reset a password"});
}

void examine_definitions(const Application& application, Findings& findings) {
    const auto processes = application.parts().processes.all();
    const auto enabled = std::ranges::count_if(processes, [](const auto& p) { return p->enabled; });
    if (enabled == 0)
        findings.push_back({Level::warning, "processes",
                            "there is none that people could use: `latchkey config apply FILE`"});
    else
        findings.push_back({Level::good, "processes", std::to_string(enabled) + " are published"});
}

void examine_database(const Application& application, Findings& findings) {
    for (const auto& fault : application.damage())
        findings.push_back({Level::fault, "database",
                            "its file is damaged, move it away and run `latchkey restore` with a "
                            "backup: " +
                                fault});
}

void examine_queue(const Application& application, Findings& findings) {
    const auto due = application.parts().messages.next_due();
    if (due && *due < application.parts().clock.now() - kQueueIsLate)
        findings.push_back({Level::fault, "outbox",
                            "a message has waited since " + rfc3339(*due) +
                                ": `latchkey serve` does not run, or what takes messages fails"});
}

void examine_peers(const Application& application, const Config& config, Findings& findings) {
    if (config.mail.host.empty())
        findings.push_back({Level::warning, "email",
                            "mail.host is empty: no code and no notice is ever sent by mail"});
    for (const auto& transport : application.transports()) {
        const std::string about(transport->channel());
        const Outcome outcome = transport->probe({.time = kProbeLasts});
        if (outcome.kind == Outcome::Kind::accepted)
            findings.push_back({Level::good, about, "the peer takes messages from us"});
        else
            findings.push_back({Level::fault, about,
                                "the peer does not take messages: " + outcome.answer + ". See [" +
                                    (about == "email" ? "mail" : about) +
                                    "] of the configuration"});
    }
}

/// Whatever goes wrong while looking is a finding as well.
template <class Look>
void look(const std::string& about, Findings& findings, Look&& at) {
    try {
        at();
    } catch (const std::exception& trouble) {
        findings.push_back({Level::fault, about, trouble.what()});
    }
}

}  // namespace

std::string_view name(Finding::Level level) {
    return level == Level::good ? "good" : level == Level::warning ? "warning" : "fault";
}

std::vector<Finding> examine(const Config& config, const std::filesystem::path& config_file) {
    Findings findings;
    examine_configuration(config, config_file, findings);
    examine_address(config, findings);
    look("certificate", findings, [&] { examine_certificate(config, findings); });
    examine_space(config, findings);
    std::unique_ptr<Application> application;
    look("database and keys", findings, [&] {
        application = std::make_unique<Application>(config);
        findings.push_back({Level::good, "database and keys", "they fit together"});
    });
    look("clock", findings, [&] { examine_clock(application.get(), findings); });
    if (!application) return findings;
    look("database", findings, [&] { examine_database(*application, findings); });
    look("processes", findings, [&] { examine_definitions(*application, findings); });
    look("outbox", findings, [&] { examine_queue(*application, findings); });
    look("messages", findings, [&] { examine_peers(*application, config, findings); });
    return findings;
}

}  // namespace latchkey
