#include "web/outbound/curl.h"

#include <csignal>
#include <new>
#include <stdexcept>

namespace latchkey {

CurlTransfer make_transfer() {
    static const bool kReady = [] {
        // OpenSSL writes to sockets without MSG_NOSIGNAL: a server that hangs up at the wrong
        // moment would end the process.
        std::signal(SIGPIPE, SIG_IGN);
        return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    }();
    if (!kReady) throw std::runtime_error("libcurl cannot be initialised");
    CurlTransfer transfer(curl_easy_init());
    if (!transfer) throw std::bad_alloc();
    return transfer;
}

}  // namespace latchkey
