#pragma once

#include "engine/notice_desk.h"
#include "web/pages/site.h"

namespace latchkey {

/// Where the link "this was not me" leads. The token leaves the address at once, for a cookie of
/// this browser, and only a button press acts (S15).
class NoticePages {
 public:
    NoticePages(const Frame& frame, NoticeDesk& desk) : frame_(frame), desk_(desk) {}

    void add_to(Site& site);

    /// The path of the link for a token.
    static std::string path(std::string_view token) { return "/n/" + std::string(token); }

 private:
    http::Response land(const Call& call) const;
    http::Response show(const Call& call) const;
    http::Response freeze(const Call& call) const;

    http::Response page(const Call& call, const NoticeDesk::Outlook& outlook, bool done) const;

    const Frame& frame_;
    NoticeDesk& desk_;
};

}  // namespace latchkey
