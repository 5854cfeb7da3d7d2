#include "web/render/sms_composer.h"

#include "engine/text.h"
#include "web/outbound/sms.h"
#include "web/render/view.h"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <stdexcept>

namespace latchkey {
namespace {

constexpr std::size_t kOneSms = 160;

/// Each character that GSM 03.38 lacks without its marks: "código" as "codigo".
std::string in_gsm(const std::string& text) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* const nfd = icu::Normalizer2::getNFDInstance(status);
    if (U_FAILURE(status)) return text;
    const auto whole = icu::UnicodeString::fromUTF8(text);
    std::string out;
    for (std::int32_t at = 0; at < whole.length(); at = whole.moveIndex32(at, 1)) {
        const icu::UnicodeString one(whole.char32At(at));
        std::string kept;
        one.toUTF8String(kept);
        if (!fits_gsm(kept)) {
            const auto parts = nfd->normalize(one, status);
            kept.clear();
            for (std::int32_t i = 0; i < parts.length(); i = parts.moveIndex32(i, 1)) {
                const UChar32 point = parts.char32At(i);
                if (u_charType(point) == U_NON_SPACING_MARK) continue;
                // What phones and editors put in place of the plain signs.
                const bool quote = point == 0x2019 || point == 0x2018;
                const bool quotes =
                    point == 0x201C || point == 0x201D || point == 0xAB || point == 0xBB;
                icu::UnicodeString(quote    ? UChar32{'\''}
                                   : quotes ? UChar32{'"'}
                                            : point)
                    .toUTF8String(kept);
            }
        }
        out += kept;
    }
    return fits_gsm(out) ? out : text;
}

std::string host_of(const std::string& public_url) {
    const auto begin = public_url.find("https://");
    if (begin != 0) return {};
    const std::string rest = public_url.substr(8);
    return rest.substr(0, rest.find_first_of(":/"));
}

}  // namespace

SmsComposer::SmsComposer(const Catalogs& catalogs, const Branding& branding,
                         const std::string& public_url)
    : catalogs_(catalogs), organisation_(branding.name), host_(host_of(public_url)) {}

Composed SmsComposer::compose(const Message& message) const {
    const Catalog& catalog = catalogs_.in(message.locale);
    std::string id = "sms." + message.wording;
    if (!catalogs_.index(id)) id = "mail." + message.wording + ".subject";
    if (message.channel != "sms" || !catalogs_.index(id))
        throw std::runtime_error("there are no words " + message.channel + "." + message.wording);
    Json names = Json::object();
    for (const char* name : {"code", "minutes"})
        if (message.data.is_object() && message.data.contains(name))
            names[name] = message.data[name];
    names["organisation"] =
        organisation_.empty() ? Json(Text{"organisation", {}}) : Json(organisation_);
    Composed composed;
    composed.language = catalog.language();
    write_leaf(composed.text, Json{{"id", id}, {"with", names}}, Formats::Style::date_time,
               Manner::plain, catalog);
    composed.text = in_gsm(composed.text);
    if (names.contains("code") && !host_.empty()) {
        const std::string bound =
            composed.text + "\n\n@" + host_ + " #" + names["code"].get<std::string>();
        if (fits_gsm(bound) && sms_length(bound) <= kOneSms) composed.text = bound;
    }
    return composed;
}

}  // namespace latchkey
