#pragma once

#include "engine/campaign_desk.h"
#include "web/config.h"
#include "web/outbound/composer.h"
#include "web/outbound/transport.h"
#include "web/pages/frame.h"
#include "web/render/catalog.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace latchkey {

/// The whole program: every object, built in order, each living as long as those that use it. The
/// only place that names classes of db/. Commands use its parts; `serve` adds the web.
class Application {
 public:
    /// Opens what `init` made. Throws std::runtime_error that says what to change if the key file
    /// or the database is missing, foreign or of another version.
    explicit Application(const Config& config);
    ~Application();

    /// Makes the key file, unless it is there, and the database's tables. Never a new key for a
    /// database that has data.
    static void initialise(const Config& config);
    /// Brings the database to this program's version; returns the names of what was applied.
    static std::vector<std::string> migrate(const Config& config);
    static void restore(const Config& config, const std::filesystem::path& backup);

    /// What the use cases work with.
    const Parts& parts() const;
    const Catalogs& catalogs() const;

    CampaignDesk& campaigns();
    /// A mail as its reader would get it.
    Composed mail_in_words(const Message& message) const;

    void back_up(const std::filesystem::path& file);

    /// What is damaged in the database's file, if we keep it ourselves; reads all of it.
    std::vector<std::string> damage() const;

    struct KeyRotation {
        std::string key;        // the id of the root key under which everything is sealed now
        bool went_on = false;   // with a rotation that was interrupted
        std::int64_t rows = 0;  // that were sealed again
    };
    /// Makes a new root key and puts everything that is sealed under it, while others go on
    /// serving (S61).
    KeyRotation rotate_key();

    /// A fact about the activity record: how long it is, and its first fault if there is one.
    struct Audit {
        std::int64_t entries = 0;
        std::string head;  // of the chain: keep it elsewhere to notice a record that was put back
        std::optional<std::int64_t> fault_at = {};
        std::string fault = {};
    };
    Audit audit(const std::optional<std::pair<std::int64_t, std::string>>& remembered);
    void record(const Activity& activity);

    /// The record as it is kept, the oldest first; `see` gets each entry's number, line and link.
    void each_activity(std::int64_t after,
                       const std::function<void(std::int64_t sequence, const std::string& line,
                                                const std::string& link)>& see) const;
    /// When the newest entry was written; nothing: there is none.
    std::optional<TimePoint> last_activity() const;

    /// What the configuration sends messages by.
    std::vector<std::unique_ptr<Transport>> transports() const;

    /// Serves until SIGTERM or SIGINT. `demo` shows its accounts and keeps all messages in a
    /// mailbox of its own instead of sending them. `ready` is called with the address when it
    /// listens.
    struct Demo {
        Json accounts;
    };
    void serve(const Demo* demo, const std::function<void(const std::string& address)>& ready);

 private:
    struct Core;
    std::unique_ptr<Core> core_;
};

}  // namespace latchkey
