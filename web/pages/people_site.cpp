#include "web/pages/people_site.h"

namespace latchkey {

PeopleSite::PeopleSite(const Ground& ground, const std::optional<Demonstration>& demonstration)
    : conductor_(ground.parts),
      enrollment_desk_(ground.parts),
      trial_desk_(ground.parts),
      notice_desk_(ground.parts, ground.links),
      sign_in_(ground.parts),
      demo_frame_(demonstration
                      ? std::optional(Frame::Demo{DemoPages::kMailboxPath, demonstration->accounts})
                      : std::nullopt),
      frame_(ground.pages, ground.parts.processes, ground.parts.clock, ground.parts.random,
             ground.parts.crypto, ground.prefix, demo_frame_ ? &*demo_frame_ : nullptr),
      visitors_(ground.parts.clock, ground.parts.random, ground.parts.crypto, ground.sessions),
      site_(frame_, visitors_, ground.parts.crypto, ground.catalogs, ground.files, ground.prefix),
      start_pages_(frame_, visitors_, ground.parts.processes, conductor_, ground.parts.crypto),
      request_pages_(frame_, visitors_, conductor_, ground.parts.crypto),
      sign_in_pages_(frame_, visitors_, sign_in_),
      step_up_(frame_, visitors_, ground.parts.accounts, ground.parts.messages, enrollment_desk_,
               trial_desk_, sign_in_),
      account_pages_(frame_, ground.parts.accounts, ground.parts.messages, enrollment_desk_,
                     trial_desk_, step_up_),
      message_pages_(frame_, ground.parts.messages),
      notice_pages_(frame_, notice_desk_) {
    start_pages_.add_to(site_);
    request_pages_.add_to(site_);
    sign_in_pages_.add_to(site_);
    account_pages_.add_to(site_);
    step_up_.add_to(site_, [this](Call& call, const Account& account, const std::string& then) {
        return account_pages_.go_on(call, account, then);
    });
    message_pages_.add_to(site_);
    notice_pages_.add_to(site_);
    if (demonstration) demo_pages_.emplace(frame_, demonstration->mailbox).add_to(site_);
}

}  // namespace latchkey
