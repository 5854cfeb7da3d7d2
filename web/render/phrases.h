#pragma once

#include "engine/campaign_desk.h"
#include "web/render/catalog.h"

namespace latchkey {

/// The catalogs' sentences with their gaps, in every language that has its own.
class CatalogPhrases final : public Phrasebook {
 public:
    explicit CatalogPhrases(const Catalogs& catalogs) : catalogs_(catalogs) {}

    std::vector<std::string> languages() const override;
    Words say(const std::string& id) const override;

 private:
    const Catalogs& catalogs_;
};

}  // namespace latchkey
