#pragma once

#include "engine/conductor.h"

namespace latchkey {

/// "This was not me": what the link in a notice leads to. Opening it changes nothing; freezing
/// takes a button press, works once, and only stops resets for a while (R1.4, S39).
class NoticeDesk {
 public:
    NoticeDesk(const Parts& parts, NoticeLinkStore& links) : parts_(parts), links_(links) {}

    /// True if the token of a link can still be used.
    bool usable(std::string_view token) const;

    /// How long a freeze lasts.
    Milliseconds freeze_length() const;

    /// Stops every reset of the link's account. Refuses with `not_found` for an unknown, used or
    /// expired token.
    Result<void> freeze(std::string_view token, const Origin& origin);

 private:
    std::string digest(std::string_view token) const;

    Parts parts_;
    NoticeLinkStore& links_;
};

}  // namespace latchkey
