#pragma once

#include "web/http/router.h"
#include "web/pages/frame.h"
#include "web/render/static_files.h"

#include <vector>

namespace latchkey {

/// Who may call a route. A route cannot be added without saying it.
enum class Access {
    anyone,     // no session needed
    signed_in,  // others are sent to the sign-in page
};

/// Does a route wait for anything? Quick ones run on the I/O thread for browsers that began
/// nothing.
enum class Pace { quick, waits };

/// What a form may hold (S05): names, or `asked`: a prompt decides, and its checker refuses others.
struct Fields {
    std::vector<std::string_view> names;
    bool asked = false;

    bool admit(const http::Form& form) const;
};

/// All routes of the pages. Guards each before its handler runs: form tokens and origin (S35),
/// scalars only (S05), the session (S32, S33), the language (R25.1); and catches what a handler
/// throws.
class Site {
 public:
    Site(const Frame& frame, Visitors& visitors, const Crypto& crypto, const Catalogs& catalogs,
         const StaticFiles& files, std::string prefix);

    void get(std::string_view pattern, Access access, Pace pace, PageHandler handler);

    /// `fields` are all that the form may hold besides its token. `again` shows the form once more,
    /// with what was typed, when its token is not this session's.
    void post(std::string_view pattern, Access access, Fields fields, PageHandler handler,
              PageHandler again = {});

    http::Response handle(const http::Request& request) const;
    bool quick(const http::Request& request) const;

    /// Every route, as "GET /p/{slug}", with who may call it: for tests that leave none out.
    struct Entry {
        std::string method;
        std::string pattern;
        Access access;
    };
    std::vector<Entry> routes() const;

 private:
    struct Route {
        Entry entry;
        Pace pace;
        Fields fields;
        PageHandler handler;
        PageHandler again;
    };
    void add(Route route);
    const Catalog& language(const http::Request& request) const;
    http::Response answer(const Route& route, Call& call) const;
    http::Response guarded_post(const Route& route, Call& call) const;
    http::Response fault(const http::Request& request, std::string_view name, int status) const;

    const Frame& frame_;
    Visitors& visitors_;
    const Crypto& crypto_;
    const Catalogs& catalogs_;
    const StaticFiles& files_;
    std::string prefix_;
    http::Router router_;
    std::vector<Route> routes_;
};

}  // namespace latchkey
