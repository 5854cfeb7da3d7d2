#include "web/render/static_files.h"

#include <openssl/sha.h>
#include <algorithm>
#include <array>

namespace latchkey {
namespace {

constexpr std::string_view kStaticFolder = "static/";
constexpr std::size_t kDigestBytes = 6;  // in names; the ETag is longer

struct MediaType {
    std::string_view ending;
    std::string_view type;
};
constexpr std::array kMediaTypes{
    MediaType{".css", "text/css; charset=utf-8"},
    MediaType{".js", "text/javascript; charset=utf-8"},
    MediaType{".svg", "image/svg+xml; charset=utf-8"},
    MediaType{".png", "image/png"},
    MediaType{".jpg", "image/jpeg"},
    MediaType{".webp", "image/webp"},
    MediaType{".ico", "image/x-icon"},
    MediaType{".woff2", "font/woff2"},
    MediaType{".txt", "text/plain; charset=utf-8"},
};

std::string media_type_of(std::string_view name) {
    for (const auto& [ending, type] : kMediaTypes)
        if (name.ends_with(ending)) return std::string(type);
    return "application/octet-stream";
}

std::string digest_of(std::string_view content) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest.data());
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    for (const unsigned char byte : digest) {
        text += kDigits[byte >> 4];
        text += kDigits[byte & 15];
    }
    return text;
}

/// "site.css" with the digest before its ending; a name without one gets it at its end.
std::string hashed_name(std::string_view name, std::string_view digest) {
    const auto dot = std::min(name.rfind('.'), name.size());
    return std::string(name.substr(0, dot)) + "." + std::string(digest) +
           std::string(name.substr(dot));
}

void replace(std::string& text, std::string_view what, std::string_view with) {
    if (const auto at = text.find(what); at != std::string::npos)
        text.replace(at, what.size(), with);
}

/// Whether an If-None-Match header lists the tag or "*" (RFC 9110 section 13.1.2).
bool lists(std::string_view header, std::string_view etag) {
    if (header == "*") return true;
    while (!header.empty()) {
        const auto comma = std::min(header.find(','), header.size());
        auto one = header.substr(0, comma);
        header.remove_prefix(std::min(comma + 1, header.size()));
        one.remove_prefix(std::min(one.find_first_not_of(" \t"), one.size()));
        if (one.starts_with("W/")) one.remove_prefix(2);
        if (one.substr(0, one.find_last_not_of(" \t") + 1) == etag) return true;
    }
    return false;
}

}  // namespace

StaticFiles::StaticFiles(const Assets& assets, const Branding& branding, std::string prefix)
    : prefix_(std::move(prefix)) {
    const Theme theme = theme_of(branding);
    for (const std::string& path : assets.below(kStaticFolder)) {
        const std::string name = path.substr(kStaticFolder.size());
        File file{*assets.find(path), media_type_of(name), ""};
        if (name == "site.css") file.content += theme_css(theme);
        if (name == "icon.svg") replace(file.content, "#123456", theme.light.accent);
        const std::string digest = digest_of(file.content);
        file.etag = "\"" + digest.substr(0, 32) + "\"";
        const std::string at = "/static/" + hashed_name(name, digest.substr(0, 2 * kDigestBytes));
        paths_.emplace(name, at);
        files_.emplace(at, std::move(file));
    }
}

std::string StaticFiles::url(std::string_view name) const {
    const auto found = paths_.find(name);
    return found == paths_.end() ? "" : prefix_ + found->second;
}

const std::string* StaticFiles::content(std::string_view name) const {
    const auto found = paths_.find(name);
    return found == paths_.end() ? nullptr : &files_.find(found->second)->second.content;
}

http::Response StaticFiles::serve(const http::Request& request) const {
    if (request.method != "GET" && request.method != "HEAD")
        return http::plain_response(405).with("Allow", "GET, HEAD");
    const auto found = files_.find(request.path);
    if (found == files_.end()) return http::plain_response(404);
    const File& file = found->second;
    http::Response response;
    response.with("ETag", file.etag)
        .with("Cache-Control", "public, max-age=31536000, immutable")
        .with("X-Content-Type-Options", "nosniff");
    if (lists(request.header("if-none-match"), file.etag)) {
        response.status = 304;
        return response;
    }
    response.with("Content-Type", file.media_type);
    // A picture opened by itself must not run what somebody drew into it.
    if (file.media_type.starts_with("image/svg"))
        response.with("Content-Security-Policy",
                      "default-src 'none'; style-src 'unsafe-inline'; sandbox");
    response.body = file.content;
    return response;
}

}  // namespace latchkey
