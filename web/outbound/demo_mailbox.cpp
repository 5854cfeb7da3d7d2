#include "web/outbound/demo_mailbox.h"

#include <algorithm>
#include <utility>

namespace latchkey {
namespace {

constexpr std::size_t kKept = 200;

class DemoTransport : public Transport {
 public:
    DemoTransport(std::string channel, DemoMailbox& mailbox, const Clock& clock)
        : channel_(std::move(channel)), mailbox_(mailbox), clock_(clock) {}

    std::string_view channel() const override { return channel_; }

    Outcome deliver(const Message& message, const Composed& words, const Allowance&) override {
        mailbox_.keep({message.id, message.reference, channel_, message.to, clock_.now(), words});
        return kTaken;
    }

    Outcome probe(const Allowance&) override { return kTaken; }

 private:
    inline static const Outcome kTaken{Outcome::Kind::accepted, true, "kept for the demonstration"};

    std::string channel_;
    DemoMailbox& mailbox_;
    const Clock& clock_;
};

}  // namespace

void DemoMailbox::keep(Item item) {
    const std::lock_guard lock(mutex_);
    if (std::ranges::find(items_, item.id, &Item::id) != items_.end()) return;
    items_.push_front(std::move(item));
    if (items_.size() > kKept) items_.pop_back();
}

std::vector<DemoMailbox::Item> DemoMailbox::items() const {
    const std::lock_guard lock(mutex_);
    return {items_.begin(), items_.end()};
}

std::optional<DemoMailbox::Item> DemoMailbox::find(const MessageId& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = std::ranges::find(items_, id, &Item::id);
    return found == items_.end() ? std::nullopt : std::optional(*found);
}

std::unique_ptr<Transport> make_demo_transport(std::string channel, DemoMailbox& mailbox,
                                               const Clock& clock) {
    return std::make_unique<DemoTransport>(std::move(channel), mailbox, clock);
}

}  // namespace latchkey
