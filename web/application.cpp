#include "web/application.h"

#include "db/credentials/credential_rows.h"
#include "db/credentials/local_credential_store.h"
#include "db/crypto/hashing_pool.h"
#include "db/crypto/key_check.h"
#include "db/crypto/key_source.h"
#include "db/crypto/sealer.h"
#include "db/crypto/sodium_crypto.h"
#include "db/crypto/sodium_random.h"
#include "db/sql/backup.h"
#include "db/sql/make_database.h"
#include "db/sql/migrator.h"
#include "db/sql/reseal.h"
#include "db/stores/account_store.h"
#include "db/stores/activity_log.h"
#include "db/stores/budget_store.h"
#include "db/stores/campaign_store.h"
#include "db/stores/change_store.h"
#include "db/stores/enrollment_store.h"
#include "db/stores/housekeeping.h"
#include "db/stores/message_store.h"
#include "db/stores/notice_link_store.h"
#include "db/stores/process_store.h"
#include "db/stores/request_store.h"
#include "db/stores/session_store.h"
#include "engine/campaign_desk.h"
#include "verifications/make_registry.h"
#include "web/api/health.h"
#include "web/configured.h"
#include "web/job.h"
#include "web/log.h"
#include "web/outbound/announced_changes.h"
#include "web/outbound/demo_mailbox.h"
#include "web/outbound/outbox_worker.h"
#include "web/pages/people_site.h"
#include "web/render/mail_composer.h"
#include "web/render/pages.h"
#include "web/render/phrases.h"
#include "web/render/sms_composer.h"
#include "web/server/server.h"
#include "web/signals.h"
#include "web/system_clock.h"

#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>
#include <ctime>
#include <thread>

namespace latchkey {
namespace {

/// A busy server need not ask for every page whether the definitions changed.
constexpr Milliseconds kDefinitionsAreFreshFor{10};

constexpr Milliseconds kMemoryIsKeptFor = Seconds{15};

HashCost cost_of(const Config& config) {
    return {.memory_kib = config.hashing.memory_mib * 1024, .passes = config.hashing.passes};
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        if (end > 0) lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

/// Its own name among all processes on one database, for leases.
std::string process_name() {
    std::array<char, 256> host{};
    gethostname(host.data(), host.size() - 1);
    return std::string(host.data()) + "/" + std::to_string(getpid());
}

}  // namespace

/// What commands and the server have in common: keys, storage and the engine.
struct Application::Core {
    explicit Core(const Config& the_config) : config(the_config) {
        require_schema(*database);
        require_keys(*database, *keys.ring());
    }

    const Config& config;
    SystemClock clock;
    SodiumRandom random;
    KeySource keys{config.folder / config.keys.file};
    std::unique_ptr<Database> database = make_database(config.database.url, config.folder);
    HashingPool hashing{{.slots = static_cast<std::size_t>(config.hashing.slots)}};
    SodiumCrypto crypto{keys, cost_of(config), hashing};
    Sealer sealer{keys};

    Assets assets{config.overlay.folder.empty() ? std::filesystem::path{}
                                                : config.folder / config.overlay.folder};
    Catalogs catalogs{assets,
                      {.default_language = config.branding.language,
                       .languages = config.branding.languages,
                       .zone = config.branding.time_zone}};
    Registry registry = make_registry(sms_rules_of(config));
    PasswordPolicy passwords{lines_of(*assets.find("passwords/common.txt"))};

    SqlActivityLog log{*database, crypto};
    CredentialRows credential_rows{sealer};
    SqlAccountStore accounts{*database, clock, credential_rows, log};
    SqlProcessStore processes{*database, registry, log, kDefinitionsAreFreshFor};
    SqlRequestStore requests{*database, sealer};
    SqlEnrollmentStore enrollments{*database, sealer};
    SqlBudgetStore budgets{*database};
    SqlMessageStore messages{*database, sealer, budgets, log};
    SqlSessionStore sessions{*database};
    SqlNoticeLinkStore links{*database};
    SqlChangeStore stored_changes{{.database = *database,
                                   .clock = clock,
                                   .accounts = accounts,
                                   .requests = requests,
                                   .credentials = credential_rows,
                                   .enrollments = enrollments,
                                   .budgets = budgets,
                                   .messages = messages,
                                   .sessions = sessions,
                                   .links = links,
                                   .log = log}};
    AnnouncedChanges changes{stored_changes};
    LocalCredentialStore credentials{*database, crypto, credential_rows};
    std::unique_ptr<EnrollmentCheck> enrollment_check = enrollment_check_of(config, clock, random);

    Parts parts{.clock = clock,
                .random = random,
                .crypto = crypto,
                .registry = registry,
                .accounts = accounts,
                .processes = processes,
                .requests = requests,
                .enrollments = enrollments,
                .budgets = budgets,
                .messages = messages,
                .changes = changes,
                .credentials = credentials,
                .passwords = passwords,
                .organisation = config.branding.name,
                .enrollment_check = enrollment_check.get()};

    SqlCampaignStore campaigns{*database, messages, log};
    CatalogPhrases phrases{catalogs};
    CampaignDesk campaign_desk{parts, campaigns, phrases};

    Branding branding{.name = config.branding.name,
                      .logo = config.branding.logo,
                      .accent = config.branding.colour};
    std::function<std::string()> contact = [this] {
        return text(processes.definitions()->settings, "service_desk.contact");
    };
};

namespace {

/// Within this time every program that serves has looked at the key file (KeySource), and what it
/// sealed before that is stored.
constexpr std::chrono::nanoseconds kKeysAreTakenUp = Seconds{3};

constexpr Seconds kNextReminders{1};
constexpr Seconds kLookForReminders{10};

/// Whoever goes on with a rotation need not wait again: otherwise one that is always interrupted
/// would never come to its work.
void wait_until_taken_up(const std::filesystem::path& key_file) {
    struct stat status {};
    timespec now{};
    if (::stat(key_file.c_str(), &status) != 0 || ::clock_gettime(CLOCK_REALTIME, &now) != 0)
        return std::this_thread::sleep_for(kKeysAreTakenUp);
    // The change of the inode: it is set when the file gets its name, and by nobody's hand.
    const auto age = Seconds{now.tv_sec - status.st_ctim.tv_sec} +
                     std::chrono::nanoseconds{now.tv_nsec - status.st_ctim.tv_nsec};
    const bool set_back = age < age.zero();
    std::this_thread::sleep_for(set_back ? kKeysAreTakenUp : kKeysAreTakenUp - age);
}

std::string what_is_missing(Database& database) {
    try {
        require_schema(database);
        return {};
    } catch (const std::exception& trouble) {
        return trouble.what();
    }
}

}  // namespace

Application::Application(const Config& config) : core_(std::make_unique<Core>(config)) {}
Application::~Application() = default;

const Parts& Application::parts() const {
    return core_->parts;
}
const Catalogs& Application::catalogs() const {
    return core_->catalogs;
}

CampaignDesk& Application::campaigns() {
    return core_->campaign_desk;
}

Composed Application::mail_in_words(const Message& message) const {
    const Templates templates(core_->assets, core_->catalogs, kMails);
    return MailComposer(templates, core_->catalogs, core_->branding,
                        core_->config.server.public_url, core_->contact)
        .compose(message);
}

void Application::initialise(const Config& config) {
    const auto file = config.folder / config.keys.file;
    const auto database = make_database(config.database.url, config.folder);
    const SystemClock clock;
    latchkey::migrate(*database, clock.now());
    if (!std::filesystem::exists(file)) {
        require_no_keys(*database);  // a new key could not read old data
        create_key_file(file);
    }
    adopt_keys(*database, read_key_file(file));
}

std::vector<std::string> Application::migrate(const Config& config) {
    const auto database = make_database(config.database.url, config.folder);
    return latchkey::migrate(*database, SystemClock().now());
}

void Application::restore(const Config& config, const std::filesystem::path& backup) {
    const auto keys = read_key_file(config.folder / config.keys.file);
    const auto database = make_database(config.database.url, config.folder);
    const TimePoint now = SystemClock().now();
    latchkey::migrate(*database, now);
    latchkey::restore(*database, keys, backup, now);
}

void Application::back_up(const std::filesystem::path& file) {
    latchkey::back_up(*core_->database, file, core_->clock.now());
}

std::vector<std::string> Application::damage() const {
    return core_->database->faults();
}

Application::KeyRotation Application::rotate_key() {
    const auto file = core_->config.folder / core_->config.keys.file;
    const auto done = latchkey::rotate_key(*core_->database, file, cost_of(core_->config),
                                           core_->hashing, [&] { wait_until_taken_up(file); });
    return {.key = done.key, .went_on = done.went_on, .rows = done.rows};
}

void Application::record(const Activity& activity) {
    core_->log.append(activity);
}

Application::Audit Application::audit(
    const std::optional<std::pair<std::int64_t, std::string>>& remembered) {
    std::optional<ActivityHead> head;
    if (remembered) head = ActivityHead{remembered->first, remembered->second};
    const auto fault = core_->log.verify(head);
    const auto now = core_->log.head();
    Audit audit{.entries = now.sequence, .head = now.link};
    if (fault) {
        audit.fault_at = fault->sequence;
        audit.fault = fault->reason;
    }
    return audit;
}

void Application::each_activity(
    std::int64_t after,
    const std::function<void(std::int64_t, const std::string&, const std::string&)>& see) const {
    for (std::vector<LinkedEntry> page = core_->log.after(after); !page.empty();
         page = core_->log.after(after))
        for (const auto& [sequence, line, link] : page) {
            see(sequence, line, link);
            after = sequence;
        }
}

std::optional<TimePoint> Application::last_activity() const {
    return core_->log.last_at();
}

std::vector<std::unique_ptr<Transport>> Application::transports() const {
    return transports_of(core_->config, core_->assets, core_->clock);
}

void Application::serve(const Demo* demo,
                        const std::function<void(const std::string& address)>& ready) {
    Core& core = *core_;
    const Config& config = core.config;
    const std::string prefix = prefix_of(config.server.public_url);

    // What people see.
    const Branding& branding = core.branding;
    const Templates mails(core.assets, core.catalogs, kMails);
    const StaticFiles files(core.assets, branding, prefix);
    const Pages pages({core.assets, core.catalogs, kPages}, core.catalogs, files, branding);

    // What is sent.
    const MailComposer mail_composer(mails, core.catalogs, branding, config.server.public_url,
                                     core.contact);
    const SmsComposer sms_composer(core.catalogs, branding, config.server.public_url);
    const ChannelComposer composer(mail_composer, sms_composer);
    DemoMailbox mailbox;
    std::vector<std::unique_ptr<Transport>> owned;
    if (demo)
        for (const char* channel : {"email", "sms"})
            owned.push_back(make_demo_transport(channel, mailbox, core.clock));
    else
        owned = this->transports();
    std::vector<Transport*> transports;
    for (const auto& transport : owned) transports.push_back(transport.get());
    Courier courier({.clock = core.clock,
                     .messages = core.messages,
                     .composer = composer,
                     .transports = transports});
    OutboxWorker outbox(courier, core.messages, core.clock, process_name(),
                        [](std::string_view what) {
                            log(LogLevel::warning, "outbox", {{"what", what}});
                        });

    const auto demonstration =
        demo ? std::optional(PeopleSite::Demonstration{mailbox, demo->accounts}) : std::nullopt;
    const PeopleSite people({.parts = core.parts,
                             .links = core.links,
                             .sessions = core.sessions,
                             .catalogs = core.catalogs,
                             .pages = pages,
                             .files = files,
                             .prefix = prefix},
                            demonstration);
    const Site& site = people.site();

    Server server({.listen = config.server.listen,
                   .tls_certificate = in_folder(config, config.server.tls_certificate),
                   .tls_key = in_folder(config, config.server.tls_key),
                   .hosts = hosts_of(config),
                   .trusted_proxies = config.server.trusted_proxies},
                  {.handle = [&](const http::Request& request) { return site.handle(request); },
                   .quick = [&](const http::Request& request) { return site.quick(request); },
                   .notice =
                       [](const std::string& what) {
                           log(LogLevel::warning, "server", {{"what", what}});
                       }});
    std::unique_ptr<Server> operations;
    if (!config.server.operations_listen.empty())
        operations = std::make_unique<Server>(
            ServerSettings{.listen = config.server.operations_listen, .hosts = {"*"}},
            Handler{.handle = [&](const http::Request& request) {
                return health(request, [&] { return what_is_missing(*core.database); });
            }});

    // From here on it works.
    core.changes.announce_to([&](Lane lane) { outbox.notify(lane); });
    outbox.start();
    // Deletes what nobody needs any more.
    const std::jthread housekeeper = make_job("housekeeping", [&] {
        purge(*core.database, core.clock.now());
        return Hours{1};
    });
    // The allocator keeps what a busy hour needed; at rest it goes back to the system.
    const std::jthread tidying = make_job("memory", [&] {
        core.database->rest();
        malloc_trim(0);
        return kMemoryIsKeptFor;
    });
    const std::jthread reminders = make_job("reminders", [&] {
        return core.campaign_desk.work(process_name()) ? kNextReminders : kLookForReminders;
    });
    std::thread operations_thread([&] {
        if (operations) operations->run();
    });
    SignalWatch signals(
        {.stop = [&] { server.stop(); }, .reload = [&] { server.reload_certificate(); }});
    log(LogLevel::info, "server.started", {{"address", server.address()}});
    if (ready) ready(server.address());
    server.run();

    if (operations) operations->stop();
    operations_thread.join();
    core.changes.announce_to({});
    outbox.stop();
    log(LogLevel::info, "server.stopped");
}

}  // namespace latchkey
