#include "web/api/health.h"

#include "engine/json.h"

namespace latchkey {
namespace {

http::Response answer(int status, const Json& body) {
    http::Response response{.status = status, .body = body.dump() + "\n"};
    return response.with("Content-Type", "application/json").with("Cache-Control", "no-store");
}

}  // namespace

http::Response health(const http::Request& request, const std::function<std::string()>& ready) {
    if (request.method != "GET" && request.method != "HEAD")
        return answer(405, {{"status", "method not allowed"}}).with("Allow", "GET, HEAD");
    if (request.path == "/healthz") return answer(200, {{"status", "ok"}});
    if (request.path == "/readyz") {
        const std::string missing = ready();
        if (missing.empty()) return answer(200, {{"status", "ready"}});
        return answer(503, {{"status", "not ready"}, {"missing", missing}});
    }
    return answer(404, {{"status", "not found"}});
}

}  // namespace latchkey
