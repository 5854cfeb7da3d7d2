#pragma once

#include "engine/enrollment_desk.h"
#include "engine/sign_in.h"
#include "web/pages/site.h"

namespace latchkey {

/// What is asked again, or beside the password, before something about the account changes (S30,
/// S34), and trying a verification without any consequence: all of it proofs by somebody who is
/// signed in.
class StepUp {
 public:
    /// Where a person goes on who wanted `then`, the path of a page or of a form.
    using GoOn =
        std::function<http::Response(Call& call, const Account& account, const std::string& then)>;

    StepUp(const Frame& frame, Visitors& visitors, AccountStore& accounts, MessageStore& messages,
           EnrollmentDesk& desk, TrialDesk& trials, SignIn& sign_in)
        : frame_(frame),
          visitors_(visitors),
          accounts_(accounts),
          messages_(messages),
          desk_(desk),
          trials_(trials),
          sign_in_(sign_in) {}

    void add_to(Site& site, GoOn go_on);

    /// Where the person must go first before `verification` may be changed (empty: where only the
    /// password is needed), to come back to `then`; nothing: enough was proved a short while ago.
    std::optional<std::string> first(const Visitor& visitor, const Account& account,
                                     const std::string& verification,
                                     const std::string& then) const;

    /// The verification that was proved a short while ago; empty: none.
    std::string proven(const Visitor& visitor) const { return visitors_.fresh_factor(visitor); }

 private:
    using Action = http::Response (StepUp::*)(Call&, const Account&) const;
    PageHandler with_account(Action action) const;

    http::Response ask_password(Call& call, const Account& account) const;
    http::Response take_password(Call& call, const Account& account) const;
    http::Response password_page(const Call& call, const std::string& then,
                                 std::span<const Problem> problems, int status) const;

    http::Response ask_proof(Call& call, const Account& account) const;
    http::Response ask_place(Call& call, const Account& account) const;
    http::Response ways_page(const Call& call, std::string_view what, const std::vector<Way>& ways,
                             const std::string& then) const;
    http::Response open(Call& call, const Account& account) const;
    http::Response show(Call& call, const Account& account) const;
    http::Response answer(Call& call, const Account& account) const;
    http::Response leave(Call& call, const Account& account) const;
    http::Response trial_page(const Call& call, const EnrollmentDraft& draft,
                              std::span<const Problem> problems, const RawAnswers* typed,
                              const std::string& then, int status) const;

    const Frame& frame_;
    Visitors& visitors_;
    AccountStore& accounts_;
    MessageStore& messages_;
    EnrollmentDesk& desk_;
    TrialDesk& trials_;
    SignIn& sign_in_;
    GoOn go_on_;
};

}  // namespace latchkey
