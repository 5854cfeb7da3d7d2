#pragma once

#include "engine/sign_in.h"
#include "web/pages/site.h"

namespace latchkey {

/// Signing in to one's own verifications, and out.
class SignInPages {
 public:
    SignInPages(const Frame& frame, Visitors& visitors, SignIn& sign_in)
        : frame_(frame), visitors_(visitors), sign_in_(sign_in) {}

    void add_to(Site& site);

 private:
    http::Response show(const Call& call, std::span<const Problem> problems, int status) const;
    http::Response enter(Call& call) const;
    http::Response leave(Call& call) const;

    const Frame& frame_;
    Visitors& visitors_;
    SignIn& sign_in_;
};

}  // namespace latchkey
