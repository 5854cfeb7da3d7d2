#include "web/server/tls.h"

#include <openssl/ssl.h>
#include <stdexcept>
#include <string_view>

namespace latchkey {

namespace {

constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";  // of TLS 1.2; 1.3 has no others
constexpr const char* kGroups = "X25519:P-256:P-384";

/// Chooses http/1.1 among the protocols offered (RFC 7301 section 3.2).
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
    constexpr std::string_view kOurs("\x08http/1.1");
    unsigned char* found = nullptr;
    const int verdict = ::SSL_select_next_proto(
        &found, chosen_size, reinterpret_cast<const unsigned char*>(kOurs.data()), kOurs.size(),
        offered, offered_size);
    *chosen = found;
    return verdict == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void check(const boost::system::error_code& error, std::string_view setting,
           const std::string& file) {
    if (error)
        throw std::runtime_error(std::string(setting) + " " + file +
                                 " cannot be used: " + error.message());
}

void check(long success, std::string_view what) {
    if (success != 1) throw std::runtime_error("OpenSSL refuses " + std::string(what));
}

}  // namespace

std::shared_ptr<boost::asio::ssl::context> make_tls_context(const std::string& certificate_file,
                                                            const std::string& key_file) {
    namespace ssl = boost::asio::ssl;
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    auto* native = context->native_handle();
    check(::SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION), "TLS 1.2");
    check(::SSL_CTX_set_cipher_list(native, kCiphers), "the cipher list");
    check(::SSL_CTX_set1_groups_list(native, kGroups), "the list of groups");
    ::SSL_CTX_set_options(native, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION |
                                      SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                      SSL_OP_PRIORITIZE_CHACHA);
    ::SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
    check(::SSL_CTX_set_num_tickets(native, 0), "to do without tickets");
    ::SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
    ::SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);

    boost::system::error_code error;
    context->use_certificate_chain_file(certificate_file, error);
    check(error, "tls_certificate", certificate_file);
    context->use_private_key_file(key_file, ssl::context::pem, error);
    check(error, "tls_key", key_file);
    if (::SSL_CTX_check_private_key(native) != 1)
        throw std::runtime_error("tls_key " + key_file + " does not belong to tls_certificate " +
                                 certificate_file);
    return context;
}

}  // namespace latchkey
