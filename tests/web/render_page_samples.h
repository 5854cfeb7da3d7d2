#pragma once

#include "engine/json.h"

#include <string>
#include <vector>

namespace latchkey {

/// A page with realistic view data: what the tests of templates render, and what is looked at and
/// examined in a browser.
struct PageSample {
    std::string page;     // "home"
    std::string variant;  // "", or what is special about it: "empty", "errors"
    Json view;
};

/// At least one for every template below templates/pages, and together every name that each uses.
std::vector<PageSample> page_samples();

}  // namespace latchkey
