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
inline constexpr std::string_view kNoticePath = "n/";

/// Puts mails into words: templates/email/<wording> and its .txt, in the message's language.
class MailComposer : public Composer {
 public:
    /// Templates and catalogs must outlive it. `public_url` is "https://reset.example.org/";
    /// `contact` says how to reach the service desk, as set now. Throws std::runtime_error if a
    /// wording lacks its subject or its part in plain text.
    MailComposer(const Templates& templates, const Catalogs& catalogs, const Branding& branding,
                 std::string public_url, std::function<std::string()> contact = {});

    Composed compose(const Message& message) const override;

 private:
    Json view(const Message& message, const Catalog& catalog) const;
    void add_reminder(Json& view, const Message& message, const Catalog& catalog) const;

    const Templates& templates_;
    const Catalogs& catalogs_;
    Branding branding_;
    Theme theme_;
    std::string public_url_;
    std::function<std::string()> contact_;
};

}  // namespace latchkey
