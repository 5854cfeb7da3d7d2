#pragma once

#include "web/outbound/transport.h"

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace latchkey {

/// Where the demonstration keeps what would have been sent, for a page to show. In memory only:
/// nothing here writes a message anywhere (R30.3). Whoever uses it must not serve a public address.
/// Thread-safe.
class DemoMailbox {
 public:
    struct Item {
        MessageId id;
        std::string reference;
        std::string channel;
        std::string to;
        TimePoint at;  // when it was handed over
        Composed words;
    };

    /// Keeps the newest 200. A message that was kept already is not kept twice.
    void keep(Item item);

    /// Newest first.
    std::vector<Item> items() const;
    std::optional<Item> find(const MessageId& id) const;

 private:
    mutable std::mutex mutex_;
    std::deque<Item> items_;  // newest first
};

/// Puts every message of `channel` into `mailbox`. Mailbox and clock must outlive the transport.
std::unique_ptr<Transport> make_demo_transport(std::string channel, DemoMailbox& mailbox,
                                               const Clock& clock);

}  // namespace latchkey
