#pragma once

#include "tests/support/at_once.h"
#include "tests/support/builders.h"
#include "tests/support/sql_stores.h"
#include "tests/support/test_database.h"

#include <gmock/gmock.h>

namespace latchkey {

/// Tests of stores that hold for both databases: TEST_P of a class derived from this one.
class StoreTest : public OnBothDatabases {
 protected:
    SqlStores stores{*database};

    static Account amy() { return AccountBuilder("amy").with("email", "amy@example.org").build(); }
    static Account bob() { return AccountBuilder("bob").with("email", "bob@example.org").build(); }
    static Activity happened(ActivityType type = ActivityType::request_started) {
        return {.type = type,
                .at = kNewYear,
                .actor = "person",
                .account = AccountId{"account-of-amy"}};
    }
};

}  // namespace latchkey
