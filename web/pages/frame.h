#pragma once

#include "engine/stores.h"
#include "web/pages/call.h"
#include "web/render/pages.h"

#include <string>
#include <string_view>

namespace latchkey {

/// What every page shares: the frame around it, its headers, its links, and how it declines.
class Frame {
 public:
    struct Demo {
        std::string mailbox_path;
        Json accounts;  // see templates/layout.mustache
    };

    /// `prefix` is the path of the public URL without its last slash ("" or "/a/b", R5.4). `demo`
    /// is null outside demonstrations.
    Frame(const Pages& pages, ProcessStore& processes, const Clock& clock, Random& random,
          const Crypto& crypto, std::string prefix, const Demo* demo)
        : pages_(pages),
          processes_(processes),
          clock_(clock),
          random_(random),
          crypto_(crypto),
          prefix_(std::move(prefix)),
          demo_(demo) {}

    /// A path of ours as browsers have to ask for it.
    std::string url(const std::string& path) const { return prefix_ + path; }

    /// The page `name` with what its template wants in `view`.
    http::Response page(const Call& call, std::string_view name, Json view, int status = 200) const;

    /// "See other": where the person goes after sending a form (R12.1).
    http::Response go(const Call& call, const std::string& path) const;

    /// Why it does not go on, with one way to start again: the path of a page, or a form.
    http::Response refusal(const Call& call, const Error& error, const Json& start) const;
    http::Response refusal(const Call& call, std::string_view name, int status, const Json& start,
                           std::optional<TimePoint> until = {}) const;

    /// For HTML that is not a page of ours, such as a mail that is looked at.
    static void harden(http::Response& response, bool secure);

    const Clock& clock() const { return clock_; }

 private:
    void add_common(const Call& call, Json& view) const;
    std::string contact() const;

    const Pages& pages_;
    ProcessStore& processes_;
    const Clock& clock_;
    Random& random_;
    const Crypto& crypto_;
    std::string prefix_;
    const Demo* demo_;
};

}  // namespace latchkey
