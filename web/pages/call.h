#pragma once

#include "engine/conductor.h"
#include "web/http/forms.h"
#include "web/http/message.h"
#include "web/http/router.h"
#include "web/pages/visitor.h"
#include "web/render/catalog.h"

#include <functional>

namespace latchkey {

/// One request of a browser with all that is known about it before its handler runs.
struct Call {
    const http::Request& request;
    http::Parameters parameters;  // of the route's pattern
    http::Form form;              // of a POST
    Visitor visitor;
    const Catalog& catalog;      // the person's language
    std::string_view path = {};  // that was asked for, below the prefix of the public URL
    bool has_page = false;       // there is a page at `path`: also a form that shows it again

    const std::string& parameter(std::string_view name) const {
        return parameters.find(name)->second;
    }
    /// The token of the form that was sent.
    std::string_view form_token() const;
    /// The fields of a dialogue's form: what is left without its token and `carriers`.
    RawAnswers answers(std::initializer_list<std::string_view> carriers = {}) const;
    Origin origin() const;
};

using PageHandler = std::function<http::Response(Call&)>;

}  // namespace latchkey
