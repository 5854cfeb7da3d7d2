#pragma once

#include "engine/definitions.h"
#include "engine/reset_request.h"
#include "tests/support/fixed_clock.h"

#include <algorithm>
#include <string>
#include <utility>

namespace latchkey {

/// Somebody in the user table.
class AccountBuilder {
 public:
    explicit AccountBuilder(const std::string& user_name) {
        account_.id = AccountId{"account-of-" + user_name};
        account_.user_name = user_name;
    }
    AccountBuilder& with(const std::string& attribute, const std::string& value) {
        account_.attributes[attribute] = value;
        return *this;
    }
    AccountBuilder& in_group(const std::string& group) {
        account_.groups.push_back(group);
        return *this;
    }
    AccountBuilder& disabled() {
        account_.disabled = true;
        return *this;
    }
    Account build() const { return account_; }
    Subject subject() const { return subject_of(account_); }

 private:
    Account account_;
};

/// A process whose verifications are called like their types, with a dash for each underscore.
class ProcessBuilder {
 public:
    explicit ProcessBuilder(const std::string& name = "reset") {
        std::vector<Problem> none;
        process_.name = name;
        process_.version = 1;
        process_.slug = name;
        process_.title = {{"en", "Reset my password"}};
        process_.audience = {"public"};
        process_.identify_by = {"user_name"};
        process_.credential_store = "local";
        process_.limits = checked_settings(process_limit_settings(), nullptr, "", none);
        process_.password = checked_settings(process_password_settings(), nullptr, "", none);
    }
    ProcessBuilder& required(const std::string& type) { return step(type, true); }
    ProcessBuilder& optional(const std::string& type) { return step(type, false); }
    ProcessBuilder& optional_needed(std::int64_t count) {
        process_.optional_needed = count;
        return *this;
    }
    ProcessBuilder& purpose(Purpose purpose) {
        process_.purpose = purpose;
        return *this;
    }
    ProcessBuilder& audience(std::vector<std::string> audience) {
        process_.audience = std::move(audience);
        return *this;
    }
    ProcessBuilder& assurance(Assurance level) {
        process_.required_assurance = level;
        return *this;
    }
    Process build() const { return process_; }

 private:
    ProcessBuilder& step(const std::string& type, bool required) {
        std::string name = type;
        std::ranges::replace(name, '_', '-');
        process_.steps.push_back(
            {{.name = name, .type = type, .title = {{"en", name}}, .settings = Json::object()},
             required});
        return *this;
    }

    Process process_;
};

/// A request at the beginning of `process`, for a person.
inline ResetRequest request_for(const Process& process) {
    ResetRequest request{.id = RequestId{"request-1"},
                         .reference = "7KQF-M3PD",
                         .process = process.name,
                         .process_version = process.version,
                         .account = AccountId{"account-of-amy"},
                         .identifier = "amy",
                         .channel = "web",
                         .locale = "en",
                         .session = SessionId{"session-1"},
                         .created_at = kNewYear,
                         .expires_at = kNewYear + Minutes{20}};
    for (const Step& step : process.steps)
        request.steps.push_back({.verification = step.verification.name});
    return request;
}

/// A definitions file with a verification and a process for each that is added.
class DefinitionsBuilder {
 public:
    DefinitionsBuilder& setting(const std::string& key, const Json& value) {
        json_["settings"][key] = value;
        return *this;
    }
    DefinitionsBuilder& verification(const std::string& name, const std::string& type,
                                     const Json& settings = nullptr) {
        Json out{{"name", name}, {"type", type}, {"title", {{"en", name}}}};
        if (!settings.is_null()) out["settings"] = settings;
        json_["verifications"].push_back(std::move(out));
        return *this;
    }
    /// A public process that resets the password after `required`; `members` are put over it.
    DefinitionsBuilder& process(const std::string& name, const std::vector<std::string>& required,
                                const Json& members = Json::object()) {
        Json out{{"name", name}, {"title", {{"en", name}}}, {"verifications", Json::array()}};
        for (const auto& verification : required)
            out["verifications"].push_back(Json{{"verification", verification}});
        out.update(members);
        json_["processes"].push_back(std::move(out));
        return *this;
    }
    Json build() const { return json_; }

 private:
    Json json_ = Json::object();
};

}  // namespace latchkey
