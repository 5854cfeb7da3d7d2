#pragma once

#include "web/pages/site.h"

namespace latchkey {

/// The first page with the public processes, and "who is it?".
class StartPages {
 public:
    StartPages(const Frame& frame, Visitors& visitors, ProcessStore& processes,
               Conductor& conductor, const Crypto& crypto)
        : frame_(frame),
          visitors_(visitors),
          processes_(processes),
          conductor_(conductor),
          crypto_(crypto) {}

    void add_to(Site& site);

 private:
    http::Response home(const Call& call) const;
    http::Response identify(const Call& call) const;
    http::Response identify_again(const Call& call, std::span<const Problem> problems,
                                  int status) const;
    http::Response begin(Call& call) const;

    const Frame& frame_;
    Visitors& visitors_;
    ProcessStore& processes_;
    Conductor& conductor_;
    const Crypto& crypto_;
};

}  // namespace latchkey
