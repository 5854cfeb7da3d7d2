#pragma once

#include "engine/registry.h"

#include <memory>
#include <utility>

namespace latchkey {

/// A type with the given properties that asks for a word and takes "open sesame".
class StubVerification final : public Verification, public Dialogue {
 public:
    explicit StubVerification(VerificationType type) : type_(std::move(type)) {}

    const VerificationType& type() const override { return type_; }
    bool available(const Subject&, const Json&, const Json&) const override { return true; }
    const Dialogue& challenge() const override { return *this; }

    Prompt outline(const Json&) const override {
        return {.title = {"stub.title", {}}, .fields = {{.key = "word", .label = {"stub", {}}}}};
    }
    Turn open(const Situation& s) const override {
        return {.verdict = Verdict::ask, .prompt = outline(s.settings)};
    }
    Turn reply(const Situation& s, const Answers& answers) const override {
        if (answers["word"] == "open sesame") return {.verdict = Verdict::passed};
        return {.verdict = Verdict::refused, .prompt = outline(s.settings)};
    }

 private:
    VerificationType type_;
};

inline std::unique_ptr<Verification> make_stub(VerificationType type) {
    return std::make_unique<StubVerification>(std::move(type));
}

}  // namespace latchkey
