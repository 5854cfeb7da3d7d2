#pragma once

#include "web/outbound/demo_mailbox.h"
#include "web/pages/site.h"

namespace latchkey {

/// The demonstration's mailbox: what would have been sent to anybody. Exists only in demo mode.
class DemoPages {
 public:
    static constexpr const char* kMailboxPath = "/demo/mailbox";

    DemoPages(const Frame& frame, const DemoMailbox& mailbox) : frame_(frame), mailbox_(mailbox) {}

    void add_to(Site& site);

 private:
    http::Response list(const Call& call) const;
    http::Response message(const Call& call) const;
    http::Response html_part(const Call& call) const;

    const Frame& frame_;
    const DemoMailbox& mailbox_;
};

}  // namespace latchkey
