#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

namespace latchkey {

/// TLS 1.2 and 1.3 with forward secrecy only (S67): no session tickets, whose one key would open
/// every recorded connection; no renegotiation, no compression. Who offers protocols by ALPN but
/// not http/1.1 is sent away. Both files are PEM, the certificate followed by its chain. Throws
/// std::runtime_error naming the file if one cannot be read or they do not belong together.
std::shared_ptr<boost::asio::ssl::context> make_tls_context(const std::string& certificate_file,
                                                            const std::string& key_file);

}  // namespace latchkey
