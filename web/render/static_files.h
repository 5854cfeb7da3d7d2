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
    /// `prefix` is the path of the public URL without its last slash ("" or "/a/b"). Throws
    /// std::runtime_error for an accent colour that is none.
    StaticFiles(const Assets& assets, const Branding& branding, std::string prefix = {});

    /// Where pages link to: "/static/site.1f9c0a7be2d4.css" for "site.css". Empty if there is no
    /// such file.
    std::string url(std::string_view name) const;

    /// Answers a request for a path below "/static/", without the prefix: 200, 304 to those who
    /// have it, 404, or 405 for methods other than GET and HEAD (the server leaves out the body for
    /// HEAD).
    http::Response serve(const http::Request& request) const;

    /// Null if there is no such file.
    const std::string* content(std::string_view name) const;

 private:
    struct File {
        std::string content;
        std::string media_type;
        std::string etag;
    };
    std::string prefix_;
    std::map<std::string, File, std::less<>> files_;         // by path
    std::map<std::string, std::string, std::less<>> paths_;  // by name
};

}  // namespace latchkey
