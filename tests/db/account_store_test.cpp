#include "tests/db/stores_test.h"

namespace latchkey {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class Accounts : public StoreTest {
 protected:
    Result<void> save(const Account& account) {
        Change change{.account = Change::AccountChange{account}};
        change.activities = {happened(ActivityType::account_changed)};
        return stores.changes.commit(change);
    }
};

TEST_P(Accounts, AreFoundAsTheyWereSaved) {
    Account account = AccountBuilder("Amélie")
                          .with("email", "Amy@Example.org")
                          .with("given_name", "\"Amy\"")
                          .in_group("staff")
                          .disabled()
                          .build();
    account.locale = "pt-BR";
    account.roles = {"administrator", "auditor"};
    account.changed = {{"email", kNewYear}, {"\"", kNewYear + Hours{1}}};
    const Account found = stores.add(account);
    EXPECT_EQ(found.user_name, account.user_name);
    EXPECT_EQ(found.attributes, account.attributes);
    EXPECT_EQ(found.changed, account.changed);
    EXPECT_EQ(found.groups, account.groups);
    EXPECT_EQ(found.roles, account.roles);
    EXPECT_EQ(found.locale, "pt-BR");
    EXPECT_TRUE(found.disabled);
    EXPECT_EQ(found.version, 1);
    EXPECT_FALSE(stores.accounts.find(AccountId{"nobody"}));
}

TEST_P(Accounts, AreIdentifiedByCanonicalAttributes) {
    stores.add(AccountBuilder("AMY").with("email", "Amy@Example.ORG").build());
    const AccountId id{"account-of-AMY"};
    EXPECT_THAT(stores.accounts.identify("user_name", "amy"), ElementsAre(id));
    EXPECT_THAT(stores.accounts.identify("email", "amy@example.org"), ElementsAre(id));
    EXPECT_THAT(stores.accounts.identify("email", "amy"), IsEmpty());
    EXPECT_THAT(stores.accounts.identify("user_name", ""), IsEmpty());
}

TEST_P(Accounts, WithOneAddressAreNamedTwiceAtMost) {
    for (const char* name : {"a", "b", "c"})
        stores.add(AccountBuilder(name).with("email", "shared@example.org").build());
    EXPECT_THAT(stores.accounts.identify("email", "shared@example.org"), SizeIs(2));
}

TEST_P(Accounts, AreNoLongerFoundByWhatTheyWere) {
    Account account = stores.add(amy());
    account.user_name = "amelia";
    account.attributes["email"] = "amelia@example.org";
    EXPECT_TRUE(save(account));
    EXPECT_THAT(stores.accounts.identify("email", "amy@example.org"), IsEmpty());
    EXPECT_THAT(stores.accounts.identify("user_name", "amelia"), SizeIs(1));
}

TEST_P(Accounts, NeverShareAUserName) {
    stores.add(amy());
    Account other = AccountBuilder("ＡＭＹ").build();
    EXPECT_EQ(save(other).error().code, Errc::conflict);
    EXPECT_FALSE(stores.accounts.find(other.id));
    Account renamed = stores.add(bob());
    renamed.user_name = "Amy";
    EXPECT_EQ(save(renamed).error().code, Errc::conflict);
    EXPECT_EQ(stores.accounts.find(renamed.id)->user_name, "bob");
}

TEST_P(Accounts, AreNotOverwrittenByAnOlderCopy) {
    const Account account = stores.add(amy());
    EXPECT_TRUE(save(account));
    EXPECT_EQ(save(account).error().code, Errc::conflict);
}

TEST_P(Accounts, LeaveATraceOfEveryChangeAndOnlyOfThose) {
    const Account account = stores.add(amy());
    EXPECT_TRUE(save(account));
    EXPECT_FALSE(save(account));
    EXPECT_EQ(stores.log.head().sequence, 2);
}

TEST_P(Accounts, AreListedByUserName) {
    for (const char* name : {"c", "a", "b"}) stores.add(AccountBuilder(name).build());
    const auto page = stores.accounts.page("a", 5);
    ASSERT_THAT(page, SizeIs(2));
    EXPECT_EQ(page[0].user_name, "b");
}

TEST_P(Accounts, GiveDecoysTheirShape) {
    stores.add(amy());
    stores.add(bob());
    stores.add(AccountBuilder("carol").with("email", "zed@Other.test").build());
    stores.add(AccountBuilder("dan").build());
    const DecoyShape shape = stores.accounts.decoy_shape();
    EXPECT_EQ(shape.mail_domains,
              (std::map<std::string, std::int64_t>{{"example.org", 2}, {"other.test", 1}}));
    EXPECT_TRUE(shape.mail_begins_like_name);
}

TEST_P(Accounts, LeaveTheShapeOfDecoysAloneUntilTheyAreTwiceAsMany) {
    stores.add(amy());
    stores.add(bob());
    EXPECT_EQ(SqlStores(*database).accounts.decoy_shape().mail_domains.size(), 1U);
    stores.add(AccountBuilder("carol").with("email", "carol@other.test").build());
    EXPECT_EQ(SqlStores(*database).accounts.decoy_shape().mail_domains.size(), 1U);
    stores.add(AccountBuilder("dan").with("email", "dan@third.test").build());
    EXPECT_EQ(SqlStores(*database).accounts.decoy_shape().mail_domains.size(), 3U);
}

TEST_P(Accounts, AreErasedWithAllThatIsKeptAboutThem) {
    Change change;
    for (const Account& account : {stores.add(amy(), "a password of hers"), stores.add(bob())}) {
        const std::string who = account.id.text();
        change.enrollments.push_back(
            {.account = account.id, .verification = "mail", .source = "user"});
        change.drafts.push_back({.account = account.id,
                                 .verification = "mail",
                                 .memory = {},
                                 .prompt = {},
                                 .expires_at = kNewYear + Hours{1}});
        change.blocks.push_back({account.id, "mail", kNewYear + Hours{1}, 1, kNewYear});
        change.messages.push_back({.id = MessageId{"message-for-" + who},
                                   .reference = who.substr(who.size() - 3),
                                   .channel = "email",
                                   .to = "somebody@example.org",
                                   .account = account.id,
                                   .created_at = kNewYear,
                                   .give_up_at = kNewYear + Hours{1}});
        change.links.push_back({"digest-of-" + who, account.id, kNewYear + Hours{1}});
    }
    change.activities = {happened()};
    ASSERT_TRUE(stores.changes.commit(change));
    EXPECT_TRUE(stores.accounts.erase(amy().id, happened(ActivityType::account_erased)));
    EXPECT_FALSE(stores.accounts.erase(amy().id, happened(ActivityType::account_erased)));
    EXPECT_FALSE(stores.accounts.find(amy().id));
    EXPECT_THAT(stores.accounts.identify("email", "amy@example.org"), IsEmpty());
    for (const char* table : {"account_identifier", "credential", "enrollment", "enrollment_draft",
                              "reset_request", "block", "message", "session", "notice_link"}) {
        static std::vector<std::unique_ptr<std::string>> texts;  // a Query keeps its text
        texts.push_back(std::make_unique<std::string>("SELECT COUNT(*) FROM " + std::string(table) +
                                                      " WHERE account = 'account-of-amy'"));
        static std::vector<std::unique_ptr<Query>> queries;
        queries.push_back(std::make_unique<Query>(texts.back()->c_str()));
        EXPECT_EQ(stores.number(*queries.back()), 0) << table;
    }
    EXPECT_THAT(stores.enrollments.of(bob().id), SizeIs(1));
    EXPECT_FALSE(stores.log.verify()) << "the record is whole";
}

ON_BOTH_DATABASES(Accounts);

}  // namespace
}  // namespace latchkey
