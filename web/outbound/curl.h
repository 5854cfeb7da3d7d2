#pragma once

#include <curl/curl.h>
#include <memory>

namespace latchkey {

struct FreeTransfer {
    void operator()(CURL* transfer) const { curl_easy_cleanup(transfer); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlTransfer = std::unique_ptr<CURL, FreeTransfer>;
using CurlList = std::unique_ptr<curl_slist, FreeList>;

/// A new transfer; the first one sets up the library. Throws std::runtime_error if that fails,
/// std::bad_alloc.
CurlTransfer make_transfer();

}  // namespace latchkey
