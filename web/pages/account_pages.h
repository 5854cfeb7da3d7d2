#pragma once

#include "engine/enrollment_desk.h"
#include "engine/sign_in.h"
#include "web/pages/site.h"

namespace latchkey {

/// One's own page: what is enrolled, adding to it, naming and removing. Changes ask for the
/// password again if it was given more than a few minutes ago (S30, S34).
class AccountPages {
 public:
    AccountPages(const Frame& frame, Visitors& visitors, AccountStore& accounts,
                 ProcessStore& processes, MessageStore& messages, EnrollmentDesk& desk,
                 SignIn& sign_in)
        : frame_(frame),
          visitors_(visitors),
          accounts_(accounts),
          processes_(processes),
          messages_(messages),
          desk_(desk),
          sign_in_(sign_in) {}

    void add_to(Site& site);

 private:
    using Action = http::Response (AccountPages::*)(Call&, const Account&) const;

    /// With the account that is signed in; the change of an enrollment needs a fresh proof as well.
    PageHandler with_account(Action action) const;
    PageHandler with_fresh_proof(Action action) const;

    /// The same where an enrollment is begun or goes on; the gate comes first.
    PageHandler with_open_gate(Action action) const;
    Json factors_view(const Call& call, const std::vector<EnrollmentEntry>& entries) const;
    http::Response page(const Call& call, const Account& account, std::string_view name, Json view,
                        int status = 200) const;

    http::Response show(Call& call, const Account& account) const;
    Json verification_view(const Call& call, const EnrollmentEntry& entry) const;
    Json processes_view(const Call& call, const std::vector<EnrollmentEntry>& entries) const;

    http::Response ask_password(Call& call, const Account& account) const;
    http::Response take_password(Call& call, const Account& account) const;
    http::Response password_page(const Call& call, std::span<const Problem> problems,
                                 int status) const;

    http::Response begin(Call& call, const Account& account) const;
    http::Response show_draft(Call& call, const Account& account) const;
    http::Response set_up(Call& call, const Account& account) const;
    http::Response draft_page(const Call& call, const Account& account,
                              const EnrollmentDraft& draft, std::span<const Problem> problems,
                              const RawAnswers* typed, int status) const;
    http::Response answer(Call& call, const Account& account) const;
    http::Response forget(Call& call, const Account& account) const;
    http::Response rename(Call& call, const Account& account) const;
    http::Response ask_removal(Call& call, const Account& account) const;
    http::Response remove(Call& call, const Account& account) const;
    http::Response done(const Call& call, std::string_view what) const;

    const Frame& frame_;
    Visitors& visitors_;
    AccountStore& accounts_;
    ProcessStore& processes_;
    MessageStore& messages_;
    EnrollmentDesk& desk_;
    SignIn& sign_in_;
};

}  // namespace latchkey
