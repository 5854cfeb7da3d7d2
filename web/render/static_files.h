#pragma once

#include "web/http/message.h"
#include "web/render/assets.h"
#include "web/render/branding.h"

#include <map>
#include <string>
#include <string_view>

namespace latchkey {

/// What stands below templates/static/, under names that contain a digest of the content: a
/// browser may keep such a file for good, and a changed one has another name. The theme of the
/// branding ends the style sheet. Immutable, thread-safe.
class StaticFiles {
 public:
    StaticFiles(const Assets& assets, const Branding& branding);

    /// Where pages link to: "/static/site.1f9c0a7be2d4.css" for "site.css". Empty if there is no
    /// such file.
    std::string url(std::string_view name) const;

    /// Answers a request for a path below "/static/": 200, 304 to those who have it, 404, or 405
    /// for methods other than GET and HEAD (the server leaves out the body for HEAD).
    http::Response serve(const http::Request& request) const;

    /// Null if there is no such file, which includes old names.
    const std::string* content(std::string_view url) const;

 private:
    struct File {
        std::string content;
        std::string media_type;
        std::string etag;
    };
    std::map<std::string, File, std::less<>> files_;        // by URL
    std::map<std::string, std::string, std::less<>> urls_;  // by name
};

}  // namespace latchkey
