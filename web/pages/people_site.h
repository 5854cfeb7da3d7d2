#pragma once

#include "engine/enrollment_desk.h"
#include "engine/notice_desk.h"
#include "engine/sign_in.h"
#include "web/outbound/demo_mailbox.h"
#include "web/pages/account_pages.h"
#include "web/pages/demo_pages.h"
#include "web/pages/message_pages.h"
#include "web/pages/notice_pages.h"
#include "web/pages/request_pages.h"
#include "web/pages/sign_in_pages.h"
#include "web/pages/start_pages.h"
#include "web/pages/step_up.h"

#include <optional>

namespace latchkey {

/// All that the web shows to people: every page, with the use cases behind it.
class PeopleSite {
 public:
    struct Ground {
        const Parts& parts;
        NoticeLinkStore& links;
        SessionStore& sessions;
        const Catalogs& catalogs;
        const Pages& pages;
        const StaticFiles& files;
        std::string prefix = {};  // of the paths of the public URL: "" or "/a/b"
    };
    struct Demonstration {
        const DemoMailbox& mailbox;
        Json accounts;
    };

    /// Without a demonstration its pages do not exist.
    PeopleSite(const Ground& ground, const std::optional<Demonstration>& demonstration);
    PeopleSite(const PeopleSite&) = delete;  // its parts refer to each other
    PeopleSite& operator=(const PeopleSite&) = delete;

    /// Thread-safe.
    const Site& site() const { return site_; }

 private:
    Conductor conductor_;
    EnrollmentDesk enrollment_desk_;
    TrialDesk trial_desk_;
    NoticeDesk notice_desk_;
    SignIn sign_in_;

    std::optional<Frame::Demo> demo_frame_;
    Frame frame_;
    Visitors visitors_;
    Site site_;
    StartPages start_pages_;
    RequestPages request_pages_;
    SignInPages sign_in_pages_;
    StepUp step_up_;
    AccountPages account_pages_;
    MessagePages message_pages_;
    NoticePages notice_pages_;
    std::optional<DemoPages> demo_pages_;
};

}  // namespace latchkey
