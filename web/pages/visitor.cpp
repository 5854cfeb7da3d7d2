#include "web/pages/visitor.h"

#include "web/http/cookies.h"

namespace latchkey {
namespace {

constexpr std::string_view kSessionCookie = "latchkey";
constexpr Minutes kIdle{15};     // S34: signed in
constexpr Hours kLongest{8};     // S34: signed in
constexpr Minutes kFresh{5};     // S34: step-up
constexpr Minutes kSeenStep{1};  // how exactly `seen_at` is kept
constexpr int kTries = 5;        // each lost race means that somebody else was seen

// The first letter tells the two kinds of token apart.
constexpr char kAnonymous = 'a';
constexpr char kStored = 's';
constexpr std::size_t kChance = 26;  // 128 bits in base32

std::string cookie_of(const http::Request& request) {
    return http::Cookies(request.header("cookie"))
        .find(kSessionCookie, request.secure)
        .value_or("");
}

std::string seal(const Crypto& crypto, std::string_view chance) {
    return base32(crypto.keyed_digest(KeyUse::session, {"anonymous", chance}).substr(0, 10));
}

bool ours(const Crypto& crypto, std::string_view token) {
    if (token.size() <= 1 + kChance || token.front() != kAnonymous) return false;
    return crypto.equal(token.substr(1 + kChance), seal(crypto, token.substr(1, kChance)));
}

std::string digest(const Crypto& crypto, std::string_view token) {
    return base32(crypto.keyed_digest(KeyUse::session, {"token", token}));
}

/// What a browser's requests and forms belong to, derived from its first token.
SessionId session_of(const Crypto& crypto, std::string_view token) {
    return SessionId{
        base32(crypto.keyed_digest(KeyUse::session, {"session", token}).substr(0, 16))};
}

std::string form_digest(const Crypto& crypto, std::string_view form_token) {
    return base32(crypto.keyed_digest(KeyUse::session, {"form", form_token}));
}

/// Derived, so that the same form gets the same token when it is sent again, and only with our key.
std::string next_token(const Crypto& crypto, std::string_view former_digest,
                       std::string_view form_token) {
    const auto bytes = crypto.keyed_digest(KeyUse::session, {"next", former_digest, form_token});
    return kStored + base32(bytes.substr(0, 20));
}

}  // namespace

bool Visitors::quick(const http::Request& request) const {
    const std::string token = cookie_of(request);
    return token.empty() || token.front() != kStored;
}

Visitor Visitors::anonymous() {
    const std::string chance = random_token(random_);
    Visitor visitor;
    visitor.token = kAnonymous + chance + seal(crypto_, chance);
    visitor.session = session_of(crypto_, visitor.token);
    visitor.new_cookie = true;
    return visitor;
}

Visitor Visitors::look(const http::Request& request) {
    std::string token = cookie_of(request);
    if (ours(crypto_, token)) {
        Visitor visitor;
        visitor.session = session_of(crypto_, token);
        visitor.token = std::move(token);
        return visitor;
    }
    return visit(request, {});
}

Visitor Visitors::visit(const http::Request& request, std::string_view form_token) {
    std::string token = cookie_of(request);
    return token.empty() ? anonymous() : arrived(std::move(token), form_token);
}

Visitor Visitors::arrived(std::string token, std::string_view form_token) {
    const std::string own = digest(crypto_, token);
    auto session = sessions_.find(own);
    if (!session) {
        if (!ours(crypto_, token)) return anonymous();  // never adopted (S33)
        Visitor visitor;
        visitor.session = session_of(crypto_, token);
        visitor.token = std::move(token);
        return visitor;
    }
    if (session->digest == own) return stored(std::move(*session), std::move(token));
    const bool same_form =
        !form_token.empty() && crypto_.equal(session->rotated_by, form_digest(crypto_, form_token));
    if (!same_form) return anonymous();
    Visitor visitor = stored(std::move(*session), next_token(crypto_, own, form_token));
    visitor.new_cookie = true;
    return visitor;
}

void Visitors::catch_up(Visitor& visitor, std::string_view form_token) {
    visitor = arrived(std::move(visitor.token), form_token);
}

Visitor Visitors::stored(Session session, std::string token) {
    const TimePoint now = clock_.now();
    const bool set_back = is_ahead(session.seen_at, now);
    if (set_back || now >= session.seen_at + kIdle || now >= session.created_at + kLongest) {
        session.account = {};
        session.proved_at = session.factor_at = {};
    }
    Visitor visitor;
    visitor.session = session.id;
    visitor.token = std::move(token);
    visitor.known = std::move(session);
    if (set_back || now >= visitor.known->seen_at + kSeenStep) save(visitor);
    return visitor;
}

bool Visitors::save(Visitor& visitor) {
    visitor.known->seen_at = clock_.now();
    if (!sessions_.save(*visitor.known)) return false;
    ++visitor.known->version;
    return true;
}

void Visitors::remember(Visitor& visitor) {
    if (visitor.known) return;
    visitor.known = Session{.id = visitor.session,
                            .digest = digest(crypto_, visitor.token),
                            .created_at = clock_.now()};
    save(visitor);
}

void Visitors::gain(Visitor& visitor, std::string_view form_token, const AccountId& account) {
    rotate(visitor, form_token, [&](Session& session) {
        if (account.empty()) return;
        session.account = account;
        session.created_at = session.proved_at = clock_.now();
    });
}

Visitor Visitors::proving(const Visitor& visitor, std::string_view form_token,
                          const std::string& factor) const {
    Visitor next = rotated(visitor, form_token);
    next.known->factor = factor;
    next.known->factor_at = next.known->seen_at = clock_.now();
    return next;
}

void Visitors::leave(Visitor& visitor, std::string_view form_token) {
    rotate(visitor, form_token, [](Session& session) {
        session.account = {};
        session.proved_at = session.factor_at = {};
    });
}

Visitor Visitors::rotated(Visitor visitor, std::string_view form_token) const {
    Session& session = *visitor.known;
    visitor.token = next_token(crypto_, session.digest, form_token);
    visitor.new_cookie = true;
    session.former_digest = std::move(session.digest);
    session.digest = digest(crypto_, visitor.token);
    session.rotated_by = form_digest(crypto_, form_token);
    return visitor;
}

void Visitors::rotate(Visitor& visitor, std::string_view form_token,
                      const std::function<void(Session&)>& gained) {
    remember(visitor);
    for (int i = 0; i < kTries; ++i) {
        Visitor next = rotated(visitor, form_token);
        gained(*next.known);
        if (save(next)) {
            visitor = std::move(next);
            return;
        }
        // Somebody else was faster: they saw this browser too, they sent the same form, or they
        // made an end of the session.
        const std::string token = visitor.token;
        catch_up(visitor, form_token);
        if (!visitor.known || visitor.token != token) return;
    }
    visitor = anonymous();
}

bool Visitors::fresh(const Visitor& visitor) const {
    return visitor.known && clock_.now() < visitor.known->proved_at + kFresh;
}

std::string Visitors::fresh_factor(const Visitor& visitor) const {
    if (!visitor.known || clock_.now() >= visitor.known->factor_at + kFresh) return {};
    return visitor.known->factor;
}

void set_cookies(http::Response& response, const Visitor& visitor, bool secure) {
    if (visitor.new_cookie)
        response.with("Set-Cookie",
                      http::set_cookie(kSessionCookie, visitor.token, http::SameSite::lax, secure));
}

}  // namespace latchkey
