#include "web/configured.h"

#include "verifications/phone_number.h"
#include "web/outbound/enrollment_hook.h"
#include "web/outbound/sms.h"
#include "web/outbound/smtp.h"

#include <algorithm>
#include <stdexcept>

namespace latchkey {
namespace {

std::unique_ptr<Transport> smtp_of(const Config& config) {
    const auto& mail = config.mail;
    const auto from = parse_mailbox(mail.from);
    if (!from) throw ConfigError("mail.from is not a mail address: " + mail.from);
    return make_smtp_transport({.host = mail.host,
                                .port = static_cast<std::uint16_t>(mail.port),
                                .tls = smtp_tls_named(mail.tls).value(),
                                .user = mail.user,
                                .password = Secret(std::string(mail.password.reveal())),
                                .from = *from,
                                .hello = mail.hello,
                                .ca_file = in_folder(config, mail.ca_file)});
}

std::unique_ptr<Transport> sms_of(const Config& config, const Assets& assets, const Clock& clock) {
    const std::string accounts(config.sms.accounts.reveal());
    const Json given = Json::parse(accounts.empty() ? "{}" : accounts, nullptr, false);
    if (!given.is_object()) throw ConfigError("sms.accounts is not a JSON object");
    SmsSettings settings;
    for (const std::string& name : config.sms.gateways) {
        const std::string* const file = assets.find("sms_gateways/" + name + ".json");
        if (!file)
            throw ConfigError("sms.gateways: there is no file sms_gateways/" + name + ".json");
        try {
            settings.gateways.emplace_back(
                name, Json::parse(*file),
                given.value(name, Json::object()).get<SmsGateway::Values>());
        } catch (const std::exception& fault) {
            throw ConfigError("sms.gateways: " + name + ": " + fault.what());
        }
    }
    return make_sms_transport(std::move(settings), clock);
}

}  // namespace

std::string prefix_of(const std::string& public_url) {
    const auto host = public_url.find("://");
    const auto path = host == std::string::npos ? host : public_url.find('/', host + 3);
    if (path == std::string::npos) return {};
    std::string prefix = public_url.substr(path);
    while (prefix.ends_with('/')) prefix.pop_back();
    return prefix;
}

std::vector<std::string> hosts_of(const Config& config) {
    const std::string& url = config.server.public_url;
    if (const auto begin = url.find("://"); begin != std::string::npos)
        return {url.substr(begin + 3, url.find('/', begin + 3) - begin - 3)};
    const std::string& listen = config.server.listen;
    const std::string port = listen.substr(std::min(listen.rfind(':'), listen.size()));
    return {listen, "localhost" + port, "127.0.0.1" + port};
}

std::string in_folder(const Config& config, const std::string& file) {
    return file.empty() ? "" : (config.folder / file).string();
}

SmsRules sms_rules_of(const Config& config) {
    const auto& sms = config.sms;
    std::vector<std::string> regions = sms.countries;
    regions.push_back(sms.default_region);
    for (const std::string& region : regions)
        if (!is_phone_region(region))
            throw ConfigError("sms: there is no country \"" + region +
                              "\"; give its two capital letters, such as \"US\"");
    return {.numbers = {.default_region = sms.default_region, .countries = sms.countries},
            .per_day = sms.max_per_day,
            .per_country_day = sms.max_per_country};
}

std::vector<std::unique_ptr<Transport>> transports_of(const Config& config, const Assets& assets,
                                                      const Clock& clock) {
    std::vector<std::unique_ptr<Transport>> list;
    if (!config.mail.host.empty()) list.push_back(smtp_of(config));
    if (!config.sms.gateways.empty()) list.push_back(sms_of(config, assets, clock));
    return list;
}

std::unique_ptr<EnrollmentCheck> enrollment_check_of(const Config& config, const Clock& clock,
                                                     Random& random) {
    const auto& check = config.enrollment_check;
    if (check.url.empty()) return nullptr;
    try {
        return make_enrollment_hook(
            {.url = check.url,
             .secret = Secret(std::string(check.secret.reveal())),
             .accept_unanswered = check.unanswered == "accept",
             .limits = {.total = Seconds{check.seconds},
                        .private_networks = check.private_network == "allow",
                        .ca_file = in_folder(config, check.ca_file)}},
            clock, random);
    } catch (const std::invalid_argument& fault) {
        throw ConfigError(std::string("enrollment_check: ") + fault.what());
    }
}

}  // namespace latchkey
