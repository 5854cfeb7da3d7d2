#include "web/render/branding.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace latchkey {
namespace {

using Colour = std::array<int, 3>;

// The surfaces of static/site.css on which links stand, where legibility is worst.
constexpr std::string_view kLightSurface = "#f4f2ee";
constexpr std::string_view kDarkSurface = "#23272d";
constexpr std::string_view kWhite = "#ffffff";
constexpr std::string_view kBlack = "#000000";  // one of the two is legible on any colour
constexpr double kLegible = 4.5;                // WCAG 1.4.3
constexpr double kNoticeable = 3;               // WCAG 1.4.11

Colour parse(std::string_view text) {
    Colour colour{};
    bool good = text.size() == 7 && text[0] == '#';
    for (std::size_t i = 0; good && i < colour.size(); ++i) {
        const char* const begin = text.data() + 1 + 2 * i;
        const auto read = std::from_chars(begin, begin + 2, colour[i], 16);
        good = read.ec == std::errc{} && read.ptr == begin + 2;
    }
    if (!good)
        throw std::runtime_error("\"" + std::string(text) + "\" is no colour such as \"#0f6b63\"");
    return colour;
}

std::string hex(const Colour& colour) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text = "#";
    for (const int part : colour) {
        text += kDigits[static_cast<std::size_t>(part / 16)];
        text += kDigits[static_cast<std::size_t>(part % 16)];
    }
    return text;
}

double luminance(const Colour& colour) {
    constexpr std::array kWeights{0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (std::size_t i = 0; i < colour.size(); ++i) {
        const double part = colour[i] / 255.0;
        sum +=
            kWeights[i] * (part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4));
    }
    return sum;
}

/// `colour` moved towards `goal` in small steps until it stands out from `surface`.
std::string until_clear(std::string_view colour, std::string_view goal, std::string_view surface,
                        double least) {
    const Colour from = parse(colour);
    const Colour to = parse(goal);
    for (int step = 0; step <= 50; ++step) {
        Colour mixed{};
        for (std::size_t i = 0; i < mixed.size(); ++i)
            mixed[i] = from[i] + (to[i] - from[i]) * step / 50;
        if (contrast(hex(mixed), surface) >= least) return hex(mixed);
    }
    return std::string(goal);
}

std::string words_on(std::string_view accent) {
    if (contrast(kWhite, accent) >= kLegible) return std::string(kWhite);
    return std::string(kBlack);
}

std::string variables(const Theme::Scheme& scheme) {
    return ":root{--accent:" + scheme.accent + ";--on-accent:" + scheme.on_accent +
           ";--accent-ink:" + scheme.ink + "}";
}

}  // namespace

double contrast(std::string_view one, std::string_view other) {
    const double a = luminance(parse(one));
    const double b = luminance(parse(other));
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

Theme theme_of(const Branding& branding) {
    Theme theme;
    theme.light.accent = until_clear(branding.accent, kBlack, kLightSurface, kNoticeable);
    theme.light.on_accent = words_on(theme.light.accent);
    theme.light.ink = until_clear(branding.accent, kBlack, kLightSurface, kLegible);
    theme.dark.accent = until_clear(branding.accent, kWhite, kDarkSurface, kLegible);
    theme.dark.on_accent = words_on(theme.dark.accent);
    theme.dark.ink = until_clear(branding.accent, kWhite, kDarkSurface, kLegible + 1);
    return theme;
}

std::string theme_css(const Theme& theme) {
    return variables(theme.light) + "@media(prefers-color-scheme:dark){" + variables(theme.dark) +
           "}\n";
}

}  // namespace latchkey
