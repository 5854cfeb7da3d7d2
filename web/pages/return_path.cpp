#include "web/pages/return_path.h"

#include <algorithm>

namespace latchkey {

bool is_account_path(std::string_view path) {
    return path.starts_with("/account/") && path.find("//") == path.npos &&
           path.find("..") == path.npos && std::ranges::all_of(path, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                      std::string_view("/-_.").find(c) != std::string_view::npos;
           });
}

std::string return_path(const Call& call) {
    std::string then(call.form["then"]);
    if (const auto query = http::read_query(call.request); then.empty() && query)
        then = (*query)["then"];
    return is_account_path(then) ? then : "/account";
}

std::string asking_to_return(const Call& call) {
    const bool page = call.request.method != "POST" && is_account_path(call.path);
    return page ? "?then=" + std::string(call.path) : "";
}

}  // namespace latchkey
