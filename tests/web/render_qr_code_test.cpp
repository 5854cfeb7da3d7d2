#include "web/render/qr_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(QrPicture, IsAPictureThatNeedsNothingElse) {
    const std::string picture = qr_picture("otpauth://totp/Example:amy?secret=JBSWY3DPEHPK3PXP");
    EXPECT_THAT(picture, StartsWith("data:image/svg+xml,"));
    EXPECT_EQ(picture.find_first_of("<>\"#&\n"), std::string::npos) << "it stands in an attribute";
    EXPECT_LT(picture.size(), 8000U);
}

TEST(QrPicture, HasAWhiteQuietZoneOfItsOwn) {
    const std::string picture = qr_picture("A");  // 21 modules and twice four around them
    EXPECT_THAT(picture, HasSubstr("viewBox='0 0 29 29'"));
    EXPECT_THAT(picture, HasSubstr("fill='white' d='M0 0h29v29H0z'"));
    EXPECT_THAT(picture, HasSubstr("d='M4 4.5h7")) << "the first corner mark";
}

TEST(QrPicture, IsNoneForWhatDoesNotFit) {
    EXPECT_EQ(qr_picture(std::string(5000, 'x')), "");
}

}  // namespace
}  // namespace latchkey
