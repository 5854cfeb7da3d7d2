#include "web/outbound/webhook_signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>

namespace latchkey {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kShortestKey = 24;
constexpr std::size_t kLongestKey = 64;

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// The bytes of padded base64; empty if it is none.
std::string decoded(std::string_view text) {
    if (text.size() % 4 != 0 || text.size() > 2 * kLongestKey) return {};
    std::string out(text.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes(text),
                                     static_cast<int>(text.size()));
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
    if (size < 0 || static_cast<std::size_t>(size) < padding) return {};
    out.resize(static_cast<std::size_t>(size) - padding);
    return out;
}

}  // namespace

WebhookSigner::WebhookSigner(const Secret& secret) {
    const std::string_view text = secret.reveal();
    std::string key = text.starts_with(kPrefix) ? decoded(text.substr(kPrefix.size())) : "";
    if (key.size() < kShortestKey || key.size() > kLongestKey)
        throw std::invalid_argument(
            "the secret must be whsec_ and base64 of 24 to 64 bytes: "
            "`echo whsec_$(openssl rand -base64 32)` makes one");
    key_ = Secret(std::move(key));
}

std::vector<std::string> WebhookSigner::headers(std::string_view id, TimePoint at,
                                                std::string_view body) const {
    const std::string seconds =
        std::to_string(std::chrono::floor<Seconds>(at.time_since_epoch()).count());
    const std::string signed_text = std::string(id) + "." + seconds + "." + std::string(body);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    const std::string_view key = key_.reveal();
    if (!HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes(signed_text),
              signed_text.size(), digest.data(), &size))
        throw std::runtime_error("a webhook cannot be signed");
    std::string base64(4 * ((size + 2) / 3) + 1, '\0');
    base64.resize(static_cast<std::size_t>(EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(base64.data()), digest.data(), static_cast<int>(size))));
    return {"webhook-id: " + std::string(id), "webhook-timestamp: " + seconds,
            "webhook-signature: v1," + base64};
}

}  // namespace latchkey
