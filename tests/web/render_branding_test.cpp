#include "web/render/branding.h"

#include <gtest/gtest.h>
#include <cstdio>
#include <stdexcept>

namespace latchkey {
namespace {

TEST(Contrast, IsWhatWcagSays) {
    EXPECT_NEAR(contrast("#000000", "#ffffff"), 21.0, 0.001);
    EXPECT_NEAR(contrast("#ffffff", "#ffffff"), 1.0, 0.001);
    EXPECT_NEAR(contrast("#777777", "#ffffff"), 4.48, 0.01);
    EXPECT_NEAR(contrast("#ff0000", "#ffffff"), 4.0, 0.01);
}

TEST(Contrast, RefusesWhatIsNoColour) {
    for (const char* text :
         {"", "red", "#fff", "#12345", "#1234567", "#12345g", "123456#", "#+12345", "# 12345"})
        EXPECT_THROW(contrast(text, "#ffffff"), std::runtime_error) << text;
}

TEST(Theme, KeepsAnAccentThatIsLegibleAlready) {
    EXPECT_EQ(theme_of({.accent = "#0f6b63"}).light.accent, "#0f6b63");
    EXPECT_EQ(theme_of({.accent = "#1f5fbf"}).light.ink, "#1f5fbf");
}

/// Every colour of a grid of 4,096: whatever an organisation's colour is, its pages can be read.
TEST(Theme, IsLegibleForEveryAccent) {
    for (int r = 0; r < 256; r += 17)
        for (int g = 0; g < 256; g += 17)
            for (int b = 0; b < 256; b += 17) {
                char accent[8];
                std::snprintf(accent, sizeof accent, "#%02x%02x%02x", static_cast<unsigned>(r),
                              static_cast<unsigned>(g), static_cast<unsigned>(b));
                const Theme theme = theme_of({.accent = accent});
                for (const char* surface : {"#ffffff", "#f4f2ee", "#f9f8f5"}) {
                    ASSERT_GE(contrast(theme.light.ink, surface), 4.5) << accent;
                    ASSERT_GE(contrast(theme.light.accent, surface), 3) << accent;
                }
                for (const char* surface : {"#131619", "#1b1f23", "#23272d"}) {
                    ASSERT_GE(contrast(theme.dark.ink, surface), 4.5) << accent;
                    ASSERT_GE(contrast(theme.dark.accent, surface), 3) << accent;
                }
                for (const auto& scheme : {theme.light, theme.dark})
                    ASSERT_GE(contrast(scheme.on_accent, scheme.accent), 4.5) << accent;
            }
}

}  // namespace
}  // namespace latchkey
