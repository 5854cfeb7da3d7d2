#pragma once

#include "engine/conductor.h"
#include "tests/support/counting_random.h"
#include "tests/support/sql_stores.h"

#include <string>
#include <vector>

namespace latchkey {

/// Every part that the use cases need, on real stores, with a clock and chance of the test's own.
struct JourneyWorld {
    explicit JourneyWorld(Database& database, Registry registry, const Json& definitions,
                          Milliseconds definitions_are_fresh_for = {})
        : stores(database, test_ring(), kCheapHash, definitions_are_fresh_for) {
        stores.registry = std::move(registry);
        define(definitions);
    }

    /// From now on these processes and verifications are there.
    void define(const Json& definitions) {
        const auto parsed = parse_definitions(definitions, stores.registry);
        stores.processes.apply(parsed.value(), {.type = ActivityType::definitions_applied,
                                                .at = stores.clock.now(),
                                                .actor = "command"});
    }

    SqlStores stores;
    CountingRandom random;
    PasswordPolicy passwords{{"a password that everybody has"}};
    Parts parts{stores.clock,    random,           stores.crypto,   stores.registry,
                stores.accounts, stores.processes, stores.requests, stores.enrollments,
                stores.budgets,  stores.messages,  stores.changes,  stores.credentials,
                passwords};
    Conductor conductor{parts};
};

}  // namespace latchkey
