#pragma once

#include "web/server/connection.h"
#include "web/server/service.h"

#include <memory>

namespace latchkey {

/// Serves a connection from its first byte to its last: for each request the framing gate, Beast's
/// second reading, the edge's admission, the handler, the answer. Ends when the connection does.
/// `source` as for Connections::admit.
Awaitable<void> serve(Service& service, std::unique_ptr<Connection> connection,
                      std::optional<http::Address> source);

}  // namespace latchkey
