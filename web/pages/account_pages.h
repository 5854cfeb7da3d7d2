#pragma once

#include "engine/enrollment_desk.h"
#include "web/pages/step_up.h"

namespace latchkey {

/// One's own page: what is enrolled, what is missing for what, adding to it, replacing, naming and
/// removing. A change wants the password and another proof first if they were not given a short
/// while ago (S30, S34).
class AccountPages {
 public:
    AccountPages(const Frame& frame, AccountStore& accounts, MessageStore& messages,
                 EnrollmentDesk& desk, TrialDesk& trials, const StepUp& step_up)
        : frame_(frame),
          accounts_(accounts),
          messages_(messages),
          desk_(desk),
          trials_(trials),
          step_up_(step_up) {}

    void add_to(Site& site);

    /// On to what somebody wanted before more proof was asked for: the path of a page or of the
    /// form that begins an enrollment; empty: one's own page.
    http::Response go_on(Call& call, const Account& account, const std::string& then) const;

 private:
    using Action = http::Response (AccountPages::*)(Call&, const Account&) const;

    /// What must have been given a short while ago: the password, or also what is needed to change
    /// the verification that the path names.
    enum class Proof { password, another };

    PageHandler with_account(Action action) const;
    PageHandler with_proof(Action action, Proof wanted) const;
    /// The same where an enrollment is begun or goes on; its gate comes first.
    PageHandler with_open_gate(Action action, Proof wanted) const;

    http::Response page(const Call& call, std::string_view name,
                        const std::vector<EnrollmentEntry>& entries, Json view,
                        int status = 200) const;
    Json factors_view(const Call& call, const std::vector<EnrollmentEntry>& entries) const;

    http::Response show(Call& call, const Account& account) const;
    Json verification_view(const Call& call, const EnrollmentEntry& entry,
                           const std::vector<Way>& ways) const;
    Json items_view(const EnrollmentEntry& entry) const;

    http::Response begin(Call& call, const Account& account) const;
    http::Response show_draft(Call& call, const Account& account) const;
    http::Response set_up(const Call& call, const std::vector<EnrollmentEntry>& entries) const;
    http::Response draft_page(const Call& call, const std::vector<EnrollmentEntry>& entries,
                              const EnrollmentEntry& entry, std::span<const Problem> problems,
                              const RawAnswers* typed, int status) const;
    http::Response answer(Call& call, const Account& account) const;
    http::Response forget(Call& call, const Account& account) const;
    http::Response rename(Call& call, const Account& account) const;
    http::Response ask_removal(Call& call, const Account& account) const;
    http::Response remove(Call& call, const Account& account) const;
    http::Response done(const Call& call, std::string_view what) const;

    const Frame& frame_;
    AccountStore& accounts_;
    MessageStore& messages_;
    EnrollmentDesk& desk_;
    TrialDesk& trials_;
    const StepUp& step_up_;
};

}  // namespace latchkey
