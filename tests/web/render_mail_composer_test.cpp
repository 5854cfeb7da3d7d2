#include "web/render/mail_composer.h"

#include "web/render/phrases.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace latchkey {
namespace {

using namespace std::chrono_literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

const TimePoint kAt{std::chrono::sys_days{std::chrono::January / 15 / 2026} + 14h + 5min};
const std::string kToken = "q3k7m5x2w6p4n8r1t9v0b2c4d6";

struct Bureau {
    explicit Bureau(Branding looks = {.name = "Example & Sons"})
        : composer(templates, catalogs, looks, "https://reset.example.org/help",
                   [] { return std::string("extension 4400"); }) {}

    Assets assets;
    Catalogs catalogs{assets, {}};
    Templates templates{assets, catalogs, {}, Template::Missing::fault};
    MailComposer composer;
};

const Catalogs& catalogs() {
    static const Assets kAssets;
    static const Catalogs kCatalogs(kAssets, {});
    return kCatalogs;
}

/// Data as the engine sends it, with every wording's names.
Message message(const std::string& wording, const std::string& locale = "en") {
    Message made;
    made.reference = "M4XT-9PQR";
    made.channel = "email";
    made.to = "amy.lee@example.org";
    made.wording = wording;
    made.locale = locale;
    if (wording == "code" || wording == "enroll_code")
        made.data = {{"code", "482913"}, {"minutes", 10}};
    else
        made.data = {{"name", "amy.lee"},
                     {"at", millis(kAt)},
                     {"until", millis(kAt + 15min)},
                     {"verification", {{"en", "Code by <email>"}, {"es", "Código por correo"}}},
                     {"request", "7KQF-M3PD"},
                     {"left", 3},
                     {"link", kToken}};
    if (wording.starts_with("enrollment_expires") || wording == "enrollment_missing") {
        const std::string kind = wording == "enrollment_missing" ? "enrollment" : "expiry";
        const CatalogPhrases phrases{catalogs()};
        Json parts;
        for (const auto part : kReminderParts)
            parts[std::string(part)] = phrases.say("reminder." + kind + "." + std::string(part));
        if (kind == "expiry") {
            parts["why"] = phrases.say("soft_pin.expiry.why");
            parts["otherwise"] = phrases.say("soft_pin.expiry.otherwise");
        }
        made.data = {{"reminder", parts},
                     {"about", {{"en", "Soft PIN <1>"}, {"es", "Soft PIN <1>"}}},
                     {"until", millis(kAt + 240h)},
                     {"name", "amy.lee"},
                     {"page", "account/enroll/soft-pin"}};
    }
    if (wording == "reminder_withdrawn")
        made.data = {{"about", {{"en", "Soft PIN"}, {"es", "Soft PIN"}}},
                     {"name", "amy.lee"},
                     {"at", millis(kAt)},
                     {"reason", {{"words", {{"en", "PINs stay."}, {"es", "Los PIN siguen."}}}}}};
    made.data["restores"] = wording == "enrollment_added" || wording == "enrollment_removed";
    return made;
}

const std::vector<std::string> kWordings{"code",
                                         "enroll_code",
                                         "password_changed",
                                         "account_unlocked",
                                         "enrollment_added",
                                         "enrollment_removed",
                                         "contact_changed",
                                         "enrollment_restored",
                                         "account_blocked",
                                         "recovery_code_used",
                                         "enrollment_expires",
                                         "enrollment_missing",
                                         "reminder_withdrawn"};

const std::vector<std::string> kReminders{"enrollment_expires", "enrollment_missing"};

TEST(MailComposer, PutsEveryWordingIntoEveryLanguage) {
    const Bureau bureau;
    for (const std::string& wording : kWordings)
        for (const char* locale : {"en", "es"}) {
            const Composed mail = bureau.composer.compose(message(wording, locale));
            EXPECT_EQ(mail.language, locale);
            EXPECT_NE(mail.subject, "");
            EXPECT_THAT(mail.html, HasSubstr("</html>")) << wording;
            for (const std::string& part : {mail.text, mail.html}) {
                EXPECT_THAT(part, HasSubstr("M4XT-9PQR")) << wording;
                EXPECT_THAT(part, HasSubstr("4400")) << wording;
            }
            EXPECT_THAT(mail.text, Not(HasSubstr("\n\n\n")));
            EXPECT_THAT(mail.text, Not(HasSubstr("&amp;")));
            EXPECT_THAT(mail.text, EndsWith("\n"));
            EXPECT_THAT(mail.text, HasSubstr("Example & Sons"));
            EXPECT_THAT(mail.html, HasSubstr("Example &amp; Sons"));
        }
}

TEST(MailComposer, HasATestForEveryWording) {
    const Bureau bureau;
    std::size_t mails = 0;
    for (const std::string& name : bureau.templates.names())
        mails += name.starts_with("email/") && !name.ends_with(".txt") ? 1 : 0;
    EXPECT_EQ(mails, kWordings.size());
}

TEST(MailComposer, ShowsACodeInBothPartsAndNotInTheSubject) {
    const Bureau bureau;
    for (const char* wording : {"code", "enroll_code"}) {
        const Composed mail = bureau.composer.compose(message(wording));
        EXPECT_THAT(mail.subject, Not(HasSubstr("482913")));
        EXPECT_THAT(mail.text, HasSubstr("482913"));
        EXPECT_THAT(mail.html, HasSubstr(">482913<"));
        EXPECT_THAT(mail.text, HasSubstr("10 minutes"));
    }
}

/// R1.2: nothing in a mail with a code completes anything when it is opened.
TEST(MailComposer, PutsNoLinkBesideACode) {
    const Bureau bureau;
    for (const char* wording : {"code", "enroll_code"}) {
        const Composed mail = bureau.composer.compose(message(wording));
        EXPECT_THAT(mail.html, Not(HasSubstr("href")));
        EXPECT_THAT(mail.text + mail.html, Not(HasSubstr("://")));
    }
}

/// Product.md, section 3: one link, straight to the page, with the way in words beside it.
TEST(MailComposer, PutsOneLinkAndAllPartsIntoAReminder) {
    const Bureau bureau;
    const std::string url = "https://reset.example.org/help/account/enroll/soft-pin";
    for (const std::string& wording : kReminders)
        for (const char* locale : {"en", "es"}) {
            const Composed mail = bureau.composer.compose(message(wording, locale));
            EXPECT_THAT(mail.html, HasSubstr("href=\"" + url + "\""));
            EXPECT_EQ(mail.html.find("href"), mail.html.rfind("href"));
            EXPECT_THAT(mail.text, HasSubstr("\n" + url + "\n"));
            for (const std::string& part : {mail.text, mail.html}) {
                EXPECT_THAT(part, HasSubstr("amy.lee"));
                EXPECT_THAT(part, HasSubstr("extension 4400"));
                EXPECT_THAT(part, HasSubstr("Example &"));
                EXPECT_THAT(part, Not(HasSubstr("{about"))) << part;
                EXPECT_THAT(part, Not(HasSubstr("{contact"))) << part;
            }
            EXPECT_THAT(mail.text, HasSubstr("Soft PIN <1>"));
            EXPECT_THAT(mail.html, HasSubstr("Soft PIN &lt;1&gt;"));
        }
    EXPECT_THAT(bureau.composer.compose(message("enrollment_expires")).subject,
                HasSubstr("January 25, 2026"));
}

TEST(MailComposer, SendsReminderTextsThatPassTheirOwnLint) {
    const CatalogPhrases phrases{catalogs()};
    for (const std::string kind : {"expiry", "enrollment"}) {
        ReminderText text;
        for (const auto part : kReminderParts)
            text[std::string(part)] = phrases.say("reminder." + kind + "." + std::string(part));
        EXPECT_TRUE(lint(text, phrases.languages(), "extension 4400").empty()) << kind;
        text["why"] = phrases.say("soft_pin.expiry.why");
        text["otherwise"] = phrases.say("soft_pin.expiry.otherwise");
        EXPECT_TRUE(lint(text, phrases.languages(), "extension 4400").empty());
    }
}

TEST(MailComposer, LinksANoticeToThePublicUrlAlone) {
    const Bureau bureau;
    const std::string url = "https://reset.example.org/help/n/" + kToken;
    const Composed mail = bureau.composer.compose(message("password_changed"));
    EXPECT_THAT(mail.html, HasSubstr("href=\"" + url + "\""));
    EXPECT_THAT(mail.text, HasSubstr("\n" + url + "\n"));
}

TEST(MailComposer, LeavesOutALinkThatIsNotThere) {
    const Bureau bureau;
    Message notice = message("account_blocked");
    notice.data.erase("link");
    const Composed mail = bureau.composer.compose(notice);
    EXPECT_THAT(mail.text + mail.html, Not(HasSubstr("://")));
}

TEST(MailComposer, EscapesWhatAnAdministratorWrote) {
    const Bureau bureau;
    const Composed mail = bureau.composer.compose(message("enrollment_added"));
    EXPECT_THAT(mail.html, HasSubstr("Code by &lt;email&gt;"));
    EXPECT_THAT(mail.text, HasSubstr("Code by <email>"));
    EXPECT_THAT(bureau.composer.compose(message("enrollment_added", "es")).text,
                HasSubstr("Código por correo"));
}

TEST(MailComposer, KeepsTheSubjectOnOneLine) {
    const Bureau bureau({.name = "Example\r\nBcc: all@example.org"});
    const Composed mail = bureau.composer.compose(message("code"));
    EXPECT_EQ(mail.subject.find_first_of("\r\n"), std::string::npos);
}

TEST(MailComposer, SaysTheSameAtEachAttempt) {
    const Bureau bureau;
    const Message notice = message("password_changed");
    EXPECT_EQ(bureau.composer.compose(notice).html, bureau.composer.compose(notice).html);
}

TEST(MailComposer, NamesAWordingThatDoesNotExistWithoutItsData) {
    const Bureau bureau;
    Message unknown = message("code");
    unknown.wording = "nothing";
    try {
        bureau.composer.compose(unknown);
        FAIL() << "it was composed";
    } catch (const std::runtime_error& error) {
        EXPECT_THAT(error.what(), HasSubstr("email/nothing"));
        EXPECT_THAT(error.what(), Not(HasSubstr("482913")));
    }
}

/// With LATCHKEY_UPDATE_GOLDEN set the files are written instead of compared.
TEST(MailComposer, WritesTheMailsThatWereReviewed) {
    const Bureau bureau;
    for (const std::string& wording : kWordings)
        for (const std::string& locale : {std::string("en"), std::string("es")}) {
            const Composed mail = bureau.composer.compose(message(wording, locale));
            const std::string got = "Subject: " + mail.subject + "\n\n" + mail.text;
            const std::string path =
                LATCHKEY_SOURCE "/tests/web/golden/mail/" + wording + "." + locale + ".txt";
            if (std::getenv("LATCHKEY_UPDATE_GOLDEN")) {
                std::ofstream(path, std::ios::binary) << got;
                continue;
            }
            std::ifstream in(path, std::ios::binary);
            EXPECT_EQ(got, std::string(std::istreambuf_iterator<char>(in), {})) << path;
        }
}

}  // namespace
}  // namespace latchkey
