#pragma once

#include "web/outbound/composer.h"
#include "web/render/branding.h"
#include "web/render/catalog.h"
#include "web/render/templates.h"

#include <functional>
#include <string>
#include <string_view>

namespace latchkey {

/// Below the public URL; the token of a notice's link follows. The page that it opens changes
/// nothing by itself (R1.4).
inline constexpr std::string_view kNoticePath = "notice/";

/// Puts mails into words: templates/email/<wording> and its .txt, in the message's language.
class MailComposer : public Composer {
 public:
    struct Settings {
        std::string public_url;                // "https://reset.example.org/"
        std::function<std::string()> contact;  // how to reach the service desk, as set now
    };

    /// Templates and catalogs must outlive it. Throws std::runtime_error if a wording lacks its
    /// subject or one of its two parts.
    MailComposer(const Templates& templates, const Catalogs& catalogs, const Branding& branding,
                 Settings settings);

    Composed compose(const Message& message) const override;

 private:
    Json view(const Message& message, const Catalog& catalog) const;

    const Templates& templates_;
    const Catalogs& catalogs_;
    Branding branding_;
    Theme theme_;
    Settings settings_;
};

}  // namespace latchkey
