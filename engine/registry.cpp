#include "engine/registry.h"

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace latchkey {

void Registry::add(std::unique_ptr<Verification> verification) {
    if (find(verification->type().id))
        throw std::logic_error("two verification types are called " + verification->type().id);
    all_.push_back(std::move(verification));
}

const Verification* Registry::find(std::string_view type_id) const {
    for (const auto& verification : all_)
        if (verification->type().id == type_id) return verification.get();
    return nullptr;
}

std::vector<Setting> product_settings(const Registry& registry) {
    const auto own = product_settings();
    std::vector<Setting> all(own.begin(), own.end());
    for (const auto& verification : registry.all())
        std::ranges::copy(verification->type().properties, std::back_inserter(all));
    return all;
}

Turn Dialogue::signal(const Situation& situation, const Signal&) const {
    return {.verdict = Verdict::ask, .state = situation.state};
}

}  // namespace latchkey
