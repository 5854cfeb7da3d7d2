#include "web/render/sms_composer.h"

#include "web/outbound/sms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

struct Bureau {
    std::string text(const std::string& wording, const std::string& locale = "en") const {
        Message message;
        message.channel = "sms";
        message.wording = wording;
        message.locale = locale;
        message.data = {{"code", "0482913657"}, {"minutes", 10}};
        return SmsComposer(catalogs, {.name = name}, url).compose(message).text;
    }

    std::string name = "Example & Sons";
    std::string url = "https://reset.example.org/help";
    Assets assets = Assets();
    Catalogs catalogs{assets, {}};
};

TEST(SmsComposer, FitsEveryWordingIntoOneSmsInEveryLanguage) {
    const Bureau bureau;
    for (const Catalog* catalog : bureau.catalogs.all())
        for (const std::string& id : catalog->own_ids()) {
            if (!id.starts_with("sms.")) continue;
            const std::string text = bureau.text(id.substr(4), catalog->language());
            EXPECT_TRUE(fits_gsm(text)) << text;
            EXPECT_LE(sms_length(text), 160U) << text;
        }
}

TEST(SmsComposer, BeginsWithTheCodeAndEndsInTheLineThatBindsIt) {
    const Bureau bureau;
    for (const char* language : {"en", "es"}) {
        EXPECT_THAT(bureau.text("code", language), StartsWith("0482913657 "));
        EXPECT_THAT(bureau.text("code", language), EndsWith("\n\n@reset.example.org #0482913657"));
    }
}

TEST(SmsComposer, BindsToNothingWhereThatIsNotSecureOrDoesNotFit) {
    Bureau bureau;
    for (const std::string& url : {std::string(), std::string("http://reset.example.org/"),
                                   "https://" + std::string(120, 'a') + ".example/"}) {
        bureau.url = url;
        EXPECT_EQ(bureau.text("code").find('@'), std::string::npos) << url;
    }
}

TEST(SmsComposer, KeepsLettersThatNoAccentExplains) {
    Bureau bureau;
    bureau.name = "Škoda";
    EXPECT_THAT(bureau.text("code"), HasSubstr("Skoda"));
    bureau.name = "Пример";
    EXPECT_THAT(bureau.text("code"), HasSubstr("Пример"));
}

TEST(SmsComposer, SaysTheSubjectOfTheMailWhereItHasNoWordsOfItsOwn) {
    const Bureau bureau;
    EXPECT_NE(bureau.text("recovery_code_used"), "");
    EXPECT_THROW(bureau.text("no_such_wording"), std::runtime_error);
}

}  // namespace
}  // namespace latchkey
