#pragma once

#include "engine/stores.h"
#include "web/pages/site.h"

namespace latchkey {

/// "Is this message really from us?" Tells from the reference in a message when and why it was
/// sent, and never to whom.
class MessagePages {
 public:
    MessagePages(const Frame& frame, MessageStore& messages) : frame_(frame), messages_(messages) {}

    void add_to(Site& site);

 private:
    http::Response show(const Call& call) const;

    const Frame& frame_;
    MessageStore& messages_;
};

}  // namespace latchkey
