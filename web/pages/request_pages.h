#pragma once

#include "web/pages/site.h"

namespace latchkey {

/// A reset request in a browser: one address that always shows where it stands (R12.1), and the
/// forms that move it on.
class RequestPages {
 public:
    RequestPages(const Frame& frame, Visitors& visitors, Conductor& conductor, const Crypto& crypto)
        : frame_(frame), visitors_(visitors), conductor_(conductor), crypto_(crypto) {}

    void add_to(Site& site);

 private:
    http::Response show(const Call& call) const;
    http::Response show(const Call& call, const Proceeding& at, std::span<const Problem> problems,
                        const RawAnswers* typed, int status) const;
    Json choose_view(const Call& call, const Proceeding& at) const;
    Json verify_view(const Proceeding& at, std::span<const Problem> problems,
                     const RawAnswers* typed) const;
    Json password_view(const Proceeding& at, std::span<const Problem> problems) const;
    http::Response closed(const Call& call, const Proceeding& at) const;

    http::Response choose(Call& call) const;
    http::Response answer(Call& call) const;
    http::Response another_way(Call& call) const;
    http::Response extend(Call& call) const;
    http::Response cancel(Call& call) const;
    http::Response act(Call& call) const;
    http::Response restart(Call& call) const;

    /// After a form: on to the request's page, or why not.
    http::Response next(Call& call, const Result<Proceeding>& result) const;
    http::Response refused(const Call& call, const Error& error) const;

    const Frame& frame_;
    Visitors& visitors_;
    Conductor& conductor_;
    const Crypto& crypto_;
};

}  // namespace latchkey
