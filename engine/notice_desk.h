#pragma once

#include "engine/conductor.h"

namespace latchkey {

/// "This was not me": what the link in a notice leads to. Opening it changes nothing; the button
/// works once, stops resets and changes of the account for a while, and puts back what the notice
/// was about (R1.4, S30, S39).
class NoticeDesk {
 public:
    NoticeDesk(const Parts& parts, NoticeLinkStore& links) : parts_(parts), links_(links) {}

    /// What the button behind a link does.
    struct Outlook {
        Milliseconds freeze{0};  // how long resets stay stopped
        std::vector<Words> restored =
            {};  // the verifications that become again what they were before the change
    };

    /// Nothing if the token of the link cannot be used (any more).
    std::optional<Outlook> look(std::string_view token) const;

    /// Presses the button. Refuses with `not_found` for an unknown, used or expired token.
    Result<Outlook> freeze(std::string_view token, const Origin& origin);

 private:
    std::optional<NoticeLink> find(std::string_view token) const;
    Outlook outlook(const std::vector<Enrollment>& former) const;
    std::vector<Enrollment> former(const NoticeLink& link) const;
    void restore(Change& change, const NoticeLink& link, const std::vector<Enrollment>& former,
                 const Origin& origin) const;

    Parts parts_;
    NoticeLinkStore& links_;
};

}  // namespace latchkey
