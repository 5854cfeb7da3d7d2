#pragma once

#include "web/outbound/composer.h"
#include "web/render/branding.h"
#include "web/render/catalog.h"

#include <string>

namespace latchkey {

/// Puts SMS into words: the catalog text "sms.<wording>", or else the subject of the mail with that
/// wording. Letters that an SMS of 160 characters cannot hold lose their accents, if all of them
/// then fit.
class SmsComposer : public Composer {
 public:
    /// Catalogs must outlive it. A code ends in a line that binds it to the host of `public_url`,
    /// so that browsers fill it in there alone, if all fits into one SMS.
    SmsComposer(const Catalogs& catalogs, const Branding& branding, const std::string& public_url);

    Composed compose(const Message& message) const override;

 private:
    const Catalogs& catalogs_;
    std::string organisation_;
    std::string host_;  // empty: codes are not bound
};

/// Each channel's messages by the composer that knows it.
class ChannelComposer : public Composer {
 public:
    /// Both must outlive it.
    ChannelComposer(const Composer& mail, const Composer& sms) : mail_(mail), sms_(sms) {}

    Composed compose(const Message& message) const override {
        return (message.channel == "sms" ? sms_ : mail_).compose(message);
    }

 private:
    const Composer& mail_;
    const Composer& sms_;
};

}  // namespace latchkey
