#include "web/render/formats.h"

#include <unicode/dtptngen.h>
#include <unicode/measfmt.h>
#include <unicode/measunit.h>
#include <unicode/numberformatter.h>
#include <unicode/plurrule.h>
#include <unicode/smpdtfmt.h>
#include <unicode/timezone.h>
#include <unicode/uloc.h>
#include <array>
#include <mutex>
#include <stdexcept>
#include <vector>

namespace latchkey {
namespace {

// What each style shows; the language decides about order, separators and the 12-hour clock.
constexpr std::array kSkeletons{"jmz", "yMMMMd", "MMMdjmz", "yMMMMEEEEdjmszzzz"};

void require(UErrorCode status, const std::string& what) {
    if (U_FAILURE(status))
        throw std::runtime_error(what + " could not be prepared: " + u_errorName(status));
}

std::string utf8(const icu::UnicodeString& text) {
    std::string out;
    return text.toUTF8String(out);
}

std::unique_ptr<icu::TimeZone> zone_named(const std::string& name) {
    std::unique_ptr<icu::TimeZone> zone(
        icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(name)));
    if (*zone == icu::TimeZone::getUnknown())
        throw std::runtime_error("there is no time zone called \"" + name + "\"");
    return zone;
}

}  // namespace

struct Formats::Parts {
    icu::Locale locale;
    icu::number::LocalizedNumberFormatter numbers;
    std::unique_ptr<icu::PluralRules> plurals;
    std::array<std::unique_ptr<icu::SimpleDateFormat>, 4> instants;
    std::unique_ptr<icu::MeasureFormat> durations;
    std::mutex mutex;  // date formats keep a calendar while they work
};

Formats::Formats(const std::string& language, const std::string& zone)
    : parts_(std::make_unique<Parts>()) {
    UErrorCode status = U_ZERO_ERROR;
    parts_->locale = icu::Locale::forLanguageTag(language, status);
    // The digits that codes, references and countdowns are written in, for all numbers on the page.
    parts_->locale.setUnicodeKeywordValue("nu", "latn", status);
    require(status, "language \"" + language + "\"");
    parts_->numbers = icu::number::NumberFormatter::withLocale(parts_->locale);
    parts_->plurals.reset(icu::PluralRules::forLocale(parts_->locale, status));
    require(status, "the plurals of " + language);
    const auto time_zone = zone_named(zone);
    const std::unique_ptr<icu::DateTimePatternGenerator> generator(
        icu::DateTimePatternGenerator::createInstance(parts_->locale, status));
    require(status, "the dates of " + language);
    for (std::size_t i = 0; i < kSkeletons.size(); ++i) {
        const auto pattern =
            generator->getBestPattern(icu::UnicodeString::fromUTF8(kSkeletons[i]), status);
        parts_->instants[i] =
            std::make_unique<icu::SimpleDateFormat>(pattern, parts_->locale, status);
        require(status, "the dates of " + language);
        parts_->instants[i]->setTimeZone(*time_zone);
    }
    parts_->durations =
        std::make_unique<icu::MeasureFormat>(parts_->locale, UMEASFMT_WIDTH_WIDE, status);
    require(status, "the durations of " + language);
}

Formats::~Formats() = default;
Formats::Formats(Formats&&) noexcept = default;

std::string Formats::number(std::int64_t value) const {
    UErrorCode status = U_ZERO_ERROR;
    return utf8(parts_->numbers.formatInt(value, status).toString(status));
}

std::string Formats::plural(std::int64_t value) const {
    return utf8(parts_->plurals->select(static_cast<double>(value)));
}

std::string Formats::instant(TimePoint at, Style style) const {
    icu::UnicodeString text;
    const std::scoped_lock lock(parts_->mutex);
    parts_->instants[static_cast<std::size_t>(style)]->format(static_cast<UDate>(millis(at)), text);
    // A narrow no-break space before "PM" is a box in some mail programs.
    return utf8(text.findAndReplace(u"\u202f", u"\u00a0"));
}

std::string Formats::duration(Milliseconds length) const {
    UErrorCode status = U_ZERO_ERROR;
    auto rest = std::chrono::duration_cast<Seconds>(length).count();
    struct Unit {
        std::int64_t seconds;
        icu::MeasureUnit* (*create)(UErrorCode&);
    };
    constexpr std::array kUnits{
        Unit{86400, icu::MeasureUnit::createDay}, Unit{3600, icu::MeasureUnit::createHour},
        Unit{60, icu::MeasureUnit::createMinute}, Unit{1, icu::MeasureUnit::createSecond}};
    std::vector<icu::Measure> measures;
    for (const auto& unit : kUnits) {
        const std::int64_t count = rest / unit.seconds;
        const bool last = unit.seconds == 1;
        if ((count == 0 && !(last && measures.empty())) || measures.size() == 2) continue;
        measures.emplace_back(icu::Formattable(count), unit.create(status), status);
        rest -= count * unit.seconds;
    }
    icu::UnicodeString text;
    icu::FieldPosition ignored;
    const std::scoped_lock lock(parts_->mutex);
    parts_->durations->formatMeasures(measures.data(), static_cast<int32_t>(measures.size()), text,
                                      ignored, status);
    return utf8(text);
}

bool Formats::right_to_left() const {
    return uloc_isRightToLeft(parts_->locale.getName());
}

}  // namespace latchkey
