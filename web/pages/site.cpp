#include "web/pages/site.h"

#include "web/http/cookies.h"
#include "web/http/csrf.h"
#include "web/http/target.h"
#include "web/log.h"
#include "web/pages/return_path.h"
#include "web/render/page_views.h"

#include <algorithm>

namespace latchkey {
namespace {

constexpr std::string_view kLanguageCookie = "language";
constexpr std::string_view kStatic = "/static/";

/// The path below the prefix of the public URL; a proxy may have cut it off already.
std::string_view below(std::string_view path, const std::string& prefix) {
    if (!prefix.empty() && path.starts_with(prefix + "/")) path.remove_prefix(prefix.size());
    return path;
}

}  // namespace

bool Fields::admit(const http::Form& form) const {
    return asked || std::ranges::all_of(form, [this](const auto& field) {
               return field.first == http::kFormToken || std::ranges::count(names, field.first) > 0;
           });
}

Site::Site(const Frame& frame, Visitors& visitors, const Crypto& crypto, const Catalogs& catalogs,
           const StaticFiles& files, std::string prefix)
    : frame_(frame),
      visitors_(visitors),
      crypto_(crypto),
      catalogs_(catalogs),
      files_(files),
      prefix_(std::move(prefix)) {}

void Site::add(Route route) {
    router_.add(route.entry.method, route.entry.pattern, routes_.size());
    routes_.push_back(std::move(route));
}

void Site::get(std::string_view pattern, Access access, Pace pace, PageHandler handler) {
    add({{"GET", std::string(pattern), access}, pace, {}, std::move(handler), {}});
}

void Site::post(std::string_view pattern, Access access, Fields fields, PageHandler handler,
                PageHandler again) {
    add({{"POST", std::string(pattern), access},
         Pace::waits,
         std::move(fields),
         std::move(handler),
         std::move(again)});
}

std::vector<Site::Entry> Site::routes() const {
    std::vector<Entry> entries;
    for (const Route& route : routes_) entries.push_back(route.entry);
    return entries;
}

const Catalog& Site::language(const http::Request& request) const {
    const auto chosen =
        http::Cookies(request.header("cookie")).find(kLanguageCookie, request.secure);
    return catalogs_.choose(chosen.value_or(""), {}, request.header("accept-language"));
}

bool Site::quick(const http::Request& request) const {
    const std::string_view path = below(request.path, prefix_);
    if (path.starts_with(kStatic)) return true;
    const auto segments = http::path_segments(path);
    if (!segments) return true;
    const auto found = router_.find(request.method, *segments);
    if (!found.route) return false;
    return routes_[*found.route].pace == Pace::quick && visitors_.quick(request);
}

http::Response Site::handle(const http::Request& request) const {
    const std::string_view path = below(request.path, prefix_);
    if (path.starts_with(kStatic)) {
        http::Request inner = request;
        inner.path = path;
        return files_.serve(inner);
    }
    const auto segments = http::path_segments(path);
    if (!segments) return fault(request, "not_found", 404);
    auto found = router_.find(request.method, *segments);
    if (!found.route) {
        if (found.allowed.empty()) return fault(request, "not_found", 404);
        return fault(request, "not_found", 405).with("Allow", found.allowed);
    }
    const Route& route = routes_[*found.route];
    const bool has_page = router_.find("GET", *segments).route.has_value();
    Call call{.request = request,
              .parameters = std::move(found.parameters),
              .form = {},
              .visitor = {},
              .catalog = language(request),
              .path = path,
              .has_page = has_page};
    try {
        return answer(route, call);
    } catch (const Busy& busy) {
        return fault(request, "busy", 503)
            .with("Retry-After", std::to_string(busy.retry_after.count()));
    } catch (const Outage& outage) {
        log(LogLevel::error, "outage", {{"what", outage.what()}});
        return fault(request, "outage", 503).with("Retry-After", "10");
    } catch (const std::exception& error) {
        log(LogLevel::error, "fault", {{"route", route.entry.pattern}, {"what", error.what()}});
        return fault(request, "internal", 500);
    }
}

http::Response Site::answer(const Route& route, Call& call) const {
    if (route.entry.method == "POST") return guarded_post(route, call);
    const auto query = http::read_query(call.request);
    if (!query) return fault(call.request, "bad_form", query.error().status());
    if (const Catalog* wanted = catalogs_.match((*query)["lang"])) {
        // A preference and nothing else: following the link again changes nothing.
        return frame_.go(call, std::string(call.path))
            .with("Set-Cookie", http::set_cookie(kLanguageCookie, wanted->language(),
                                                 http::SameSite::lax, call.request.secure));
    }
    call.visitor = route.pace == Pace::quick ? visitors_.look(call.request)
                                             : visitors_.visit(call.request, {});
    if (route.entry.access == Access::signed_in && call.visitor.account().empty())
        return frame_.go(call, "/sign-in" + asking_to_return(call));
    return route.handler(call);
}

http::Response Site::guarded_post(const Route& route, Call& call) const {
    auto form = http::read_form(call.request);
    if (!form) return fault(call.request, "bad_form", form.error().status());
    call.form = std::move(*form);
    if (!route.fields.admit(call.form)) return fault(call.request, "bad_form", 422);
    if (!http::same_origin(call.request)) return fault(call.request, "foreign_form", 403);
    call.visitor = visitors_.visit(call.request, call.form_token());
    if (!http::form_token_holds(crypto_, call.visitor.session, call.form_token())) {
        if (route.again) return route.again(call);
        return frame_.refusal(call, "form_expired", 403, "/");
    }
    if (route.entry.access == Access::signed_in && call.visitor.account().empty())
        return frame_.go(call, "/sign-in");
    return route.handler(call);
}

http::Response Site::fault(const http::Request& request, std::string_view name, int status) const {
    // Without a session: this must work when nothing else does.
    const Call call{.request = request,
                    .parameters = {},
                    .form = {},
                    .visitor = {},
                    .catalog = language(request),
                    .path = below(request.path, prefix_),
                    .has_page = request.method != "POST"};
    return frame_.refusal(call, name, status, "/");
}

}  // namespace latchkey
