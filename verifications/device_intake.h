#pragma once

#include "engine/intake.h"
#include "verifications/one_time_code.h"

namespace latchkey {

/// Addresses and phone numbers from files: the columns "address" and "name".
class DeviceIntake final : public Intake {
 public:
    explicit DeviceIntake(const CodeChannel& channel) : channel_(channel) {}

    std::vector<Field> columns(const Json& settings) const override;
    Imported take(const Situation& situation, const Answers& record) const override;
    std::vector<HeldRecord> give(const Json& enrollment) const override;

 private:
    const CodeChannel& channel_;
};

}  // namespace latchkey
