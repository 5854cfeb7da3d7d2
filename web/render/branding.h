#pragma once

#include <string>
#include <string_view>

namespace latchkey {

/// How an installation looks and what it calls itself (R26.1). From the configuration.
struct Branding {
    std::string name = {};           // of the organisation; empty: neutral words of the catalog
    std::string logo = {};           // a file below static/ ("logo.svg"); empty: the name alone
    std::string accent = "#0f6b63";  // buttons, links, focus: "#rrggbb"
    std::string footer = {};         // a line at the foot of pages and mails
};

/// WCAG's contrast ratio of two colours "#rrggbb", 1 to 21. Throws std::runtime_error for a text
/// that is no such colour.
double contrast(std::string_view one, std::string_view other);

/// The accent colour as pages use it: darkened or lightened as far as it takes to be legible.
struct Theme {
    struct Scheme {
        std::string accent;     // behind a button's words
        std::string on_accent;  // a button's words: at least 4.5 to accent
        std::string ink;        // links and marks: at least 4.5 to every surface
    };
    Scheme light;
    Scheme dark;
};

/// Throws std::runtime_error for an accent that is no colour "#rrggbb".
Theme theme_of(const Branding& branding);

/// The theme as the end of the style sheet.
std::string theme_css(const Theme& theme);

}  // namespace latchkey
