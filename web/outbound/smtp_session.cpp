#include "web/outbound/smtp_session.h"

#include "web/outbound/curl.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <stdexcept>
#include <vector>

namespace latchkey {
namespace {

using Instant = std::chrono::steady_clock::time_point;

constexpr std::string_view kNoAnswer = "no answer in time";
constexpr std::string_view kInterrupted = "interrupted";

std::string url_of(const SmtpSettings& settings) {
    const bool v6 = settings.host.find(':') != std::string::npos;
    return (settings.tls == SmtpTls::implicit ? "smtps://" : "smtp://") +
           (v6 ? '[' + settings.host + ']' : settings.host) + ':' + std::to_string(settings.port) +
           '/' + settings.hello;
}

std::string path_of(const MailAddress& address) {
    return '<' + address.text() + '>';
}

struct FreeText {
    void operator()(char* text) const { curl_free(text); }
};

}  // namespace

/// libcurl's side of a session: runs a command or a mail and watches how far it comes.
class SmtpSession::Wire {
 public:
    explicit Wire(const SmtpSettings& settings);
    ~Wire();
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;

    SmtpTalk mail(const MailAddress& to, std::string_view content, const SmtpDeadline& deadline);
    SmtpTalk command(const std::string& line, const SmtpDeadline& deadline);

    const SmtpSettings& settings() const { return settings_; }
    bool offers_smtputf8() const { return transcript_.offers_smtputf8(); }

 private:
    template <class Value>
    void set(CURLoption option, Value value);
    void set_up_connection();
    void set_up_watching();
    SmtpTalk run(const SmtpDeadline& deadline);
    std::string converse();
    std::optional<CURLcode> advance();
    Milliseconds left() const;
    std::string_view end_of_patience() const;
    void cut_off();
    template <class Event>
    void note(Event event);

    static int on_debug(CURL*, curl_infotype type, char* bytes, std::size_t size, void* self);
    static std::size_t on_read(char* out, std::size_t size, std::size_t count, void* self);
    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
    static curl_socket_t on_open(void* self, curlsocktype, curl_sockaddr* address);
    static int on_close(void* self, curl_socket_t socket);

    const SmtpSettings& settings_;
    std::mutex mutex_;
    std::vector<curl_socket_t> sockets_;  // that are open; guarded by mutex_
    std::array<char, CURL_ERROR_SIZE> error_{};
    std::string_view content_;  // what is still to be sent of the mail
    SmtpDeadline deadline_;
    SmtpTranscript transcript_;
    Instant stage_began_;
    CurlTransfer easy_;
    CURLM* multi_;  // holds the connection
};

SmtpSession::Wire::Wire(const SmtpSettings& settings)
    : settings_(settings), easy_(make_transfer()) {
    set_up_connection();
    set_up_watching();
    multi_ = curl_multi_init();
    if (!multi_) throw std::bad_alloc();
}

SmtpSession::Wire::~Wire() {
    // libcurl says QUIT and would wait for an answer that nobody needs.
    for (const curl_socket_t socket : sockets_) ::shutdown(socket, SHUT_RD);
    curl_multi_cleanup(multi_);
}

template <class Value>
void SmtpSession::Wire::set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(easy_.get(), option, value);
    if (code != CURLE_OK) throw std::runtime_error(curl_easy_strerror(code));
}

void SmtpSession::Wire::set_up_connection() {
    set(CURLOPT_URL, url_of(settings_).c_str());
    set(CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    set(CURLOPT_PROXY, "");  // not even one from the environment (S64)
    set(CURLOPT_NOSIGNAL, 1L);
    // The next attempt may then try another of several addresses first.
    set(CURLOPT_DNS_SHUFFLE_ADDRESSES, 1L);
    set(CURLOPT_MAXAGE_CONN, static_cast<long>(settings_.keep_alive.count()));
    // How long QUIT may take after a refusal; all else has the finer limits of converse().
    const auto goodbye = std::chrono::ceil<Seconds>(settings_.timeouts.command);
    set(CURLOPT_SERVER_RESPONSE_TIMEOUT, static_cast<long>(goodbye.count()));
    // ALL: libcurl would otherwise go on in the clear when STARTTLS is missing (S63).
    set(CURLOPT_USE_SSL, long{settings_.tls == SmtpTls::none ? CURLUSESSL_NONE : CURLUSESSL_ALL});
    set(CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
    // The system's authorities stay trusted: Debian's libcurl also looks into its folder of them.
    if (!settings_.ca_file.empty()) set(CURLOPT_CAINFO, settings_.ca_file.c_str());
    if (settings_.user.empty()) return;
    set(CURLOPT_USERNAME, settings_.user.c_str());
    set(CURLOPT_PASSWORD, std::string(settings_.password.reveal()).c_str());
    set(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN");
}

void SmtpSession::Wire::set_up_watching() {
    set(CURLOPT_ERRORBUFFER, error_.data());
    set(CURLOPT_VERBOSE, 1L);
    set(CURLOPT_DEBUGFUNCTION, &Wire::on_debug);
    set(CURLOPT_DEBUGDATA, static_cast<void*>(this));
    set(CURLOPT_READFUNCTION, &Wire::on_read);
    set(CURLOPT_READDATA, static_cast<void*>(this));
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &Wire::on_progress);
    set(CURLOPT_XFERINFODATA, static_cast<void*>(this));
    set(CURLOPT_OPENSOCKETFUNCTION, &Wire::on_open);
    set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
    set(CURLOPT_CLOSESOCKETFUNCTION, &Wire::on_close);
    set(CURLOPT_CLOSESOCKETDATA, static_cast<void*>(this));
    set(CURLOPT_MAIL_FROM, path_of(settings_.from.address).c_str());
}

SmtpTalk SmtpSession::Wire::mail(const MailAddress& to, std::string_view content,
                                 const SmtpDeadline& deadline) {
    const CurlList recipients(curl_slist_append(nullptr, path_of(to).c_str()));
    if (!recipients) throw std::bad_alloc();
    content_ = content;
    set(CURLOPT_CUSTOMREQUEST, static_cast<char*>(nullptr));
    set(CURLOPT_NOBODY, 0L);
    set(CURLOPT_UPLOAD, 1L);
    set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(content.size()));
    set(CURLOPT_MAIL_RCPT, recipients.get());
    SmtpTalk talk = run(deadline);
    set(CURLOPT_MAIL_RCPT, static_cast<curl_slist*>(nullptr));
    return talk;
}

SmtpTalk SmtpSession::Wire::command(const std::string& line, const SmtpDeadline& deadline) {
    // libcurl decodes the command as if it came from a URL.
    const std::unique_ptr<char, FreeText> escaped(
        curl_easy_escape(easy_.get(), line.data(), static_cast<int>(line.size())));
    if (!escaped) throw std::bad_alloc();
    set(CURLOPT_UPLOAD, 0L);
    set(CURLOPT_NOBODY, 1L);
    set(CURLOPT_CUSTOMREQUEST, escaped.get());
    return run(deadline);
}

SmtpTalk SmtpSession::Wire::run(const SmtpDeadline& deadline) {
    transcript_.begin();
    error_.front() = '\0';
    deadline_ = deadline;
    stage_began_ = std::chrono::steady_clock::now();
    if (curl_multi_add_handle(multi_, easy_.get()) != CURLM_OK) throw std::bad_alloc();
    const std::string fault = converse();
    long opened = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_NUM_CONNECTS, &opened);
    curl_multi_remove_handle(multi_, easy_.get());
    return {.completed = fault.empty(),
            .reused = opened == 0 && transcript_.stage() != SmtpStage::connect,
            .stage = transcript_.stage(),
            .code = transcript_.code(),
            .answer = transcript_.answer(),
            .fault = fault};
}

/// What went wrong; empty if nothing did.
std::string SmtpSession::Wire::converse() {
    const std::stop_callback interrupt(deadline_.stop, [this] {
        cut_off();
        curl_multi_wakeup(multi_);
    });
    for (;;) {
        const auto code = advance();
        if (code == CURLE_OK) return {};
        if (const auto end = end_of_patience(); !end.empty()) {
            // libcurl takes a transfer that is removed for one that is complete: it would say that
            // the mail ends here, and the server would deliver half of it.
            cut_off();
            return std::string(end);
        }
        if (code == CURLE_OPERATION_TIMEDOUT) return std::string(kNoAnswer);
        if (code) return error_.front() ? error_.data() : curl_easy_strerror(*code);
        curl_multi_poll(multi_, nullptr, 0, static_cast<int>(left().count()), nullptr);
    }
}

/// Does what can be done without waiting. Returns libcurl's verdict once there is one.
std::optional<CURLcode> SmtpSession::Wire::advance() {
    int running = 0;
    if (curl_multi_perform(multi_, &running) != CURLM_OK) throw std::bad_alloc();
    curl_off_t connected = 0;
    if (curl_easy_getinfo(easy_.get(), CURLINFO_CONNECT_TIME_T, &connected) == CURLE_OK &&
        connected > 0)
        note([](SmtpTranscript& transcript) { transcript.connected(); });
    if (running > 0) return {};
    int left = 0;
    const CURLMsg* message = curl_multi_info_read(multi_, &left);
    return message ? message->data.result : CURLE_FAILED_INIT;
}

/// Each stage has a limit of its own.
template <class Event>
void SmtpSession::Wire::note(Event event) {
    const SmtpStage before = transcript_.stage();
    event(transcript_);
    if (transcript_.stage() != before) stage_began_ = std::chrono::steady_clock::now();
}

/// Until the present stage or the whole conversation must end.
Milliseconds SmtpSession::Wire::left() const {
    const SmtpTimeouts& limits = settings_.timeouts;
    const Milliseconds limit = transcript_.stage() == SmtpStage::connect    ? limits.connect
                               : transcript_.stage() == SmtpStage::greeting ? limits.greeting
                                                                            : limits.command;
    const Instant end = std::min(deadline_.at, stage_began_ + limit);
    const auto left = std::chrono::ceil<Milliseconds>(end - std::chrono::steady_clock::now());
    return std::max(left, Milliseconds{0});
}

std::string_view SmtpSession::Wire::end_of_patience() const {
    if (deadline_.stop.stop_requested()) return kInterrupted;
    return left() == Milliseconds{0} ? kNoAnswer : std::string_view();
}

/// Whatever waits for the server or wants to tell it something fails now. From any thread.
void SmtpSession::Wire::cut_off() {
    const std::lock_guard lock(mutex_);
    for (const curl_socket_t socket : sockets_) ::shutdown(socket, SHUT_RDWR);
}

int SmtpSession::Wire::on_debug(CURL*, curl_infotype type, char* bytes, std::size_t size,
                                void* self) {
    auto& wire = *static_cast<Wire*>(self);
    // With implicit TLS, libcurl's own time of connecting ends only after the handshake.
    if (type == CURLINFO_SSL_DATA_OUT) wire.note([](auto& transcript) { transcript.connected(); });
    if (type == CURLINFO_HEADER_OUT) wire.note([&](auto& t) { t.said({bytes, size}); });
    if (type == CURLINFO_HEADER_IN) wire.note([&](auto& t) { t.heard({bytes, size}); });
    return 0;
}

std::size_t SmtpSession::Wire::on_read(char* out, std::size_t size, std::size_t count, void* self) {
    auto& content = static_cast<Wire*>(self)->content_;
    const std::size_t taken = content.copy(out, size * count);
    content.remove_prefix(taken);
    return taken;
}

/// libcurl 7.88 waits for the answer to a mail inside curl_multi_perform, where only this is
/// called, once a second.
int SmtpSession::Wire::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    auto& wire = *static_cast<Wire*>(self);
    if (wire.end_of_patience().empty()) return 0;
    wire.cut_off();  // else it would say goodbye first and wait for the answer to that
    return 1;
}

curl_socket_t SmtpSession::Wire::on_open(void* self, curlsocktype, curl_sockaddr* address) {
    const curl_socket_t opened =
        ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    auto& wire = *static_cast<Wire*>(self);
    const std::lock_guard lock(wire.mutex_);
    if (opened != CURL_SOCKET_BAD) wire.sockets_.push_back(opened);
    return opened;
}

int SmtpSession::Wire::on_close(void* self, curl_socket_t socket) {
    auto& wire = *static_cast<Wire*>(self);
    const std::lock_guard lock(wire.mutex_);
    std::erase(wire.sockets_, socket);
    return ::close(socket);
}

SmtpSession::SmtpSession(const SmtpSettings& settings) : wire_(std::make_unique<Wire>(settings)) {}
SmtpSession::~SmtpSession() = default;

SmtpTalk SmtpSession::send(const MailAddress& to, std::string_view content,
                           const SmtpDeadline& deadline) {
    return wire_->mail(to, content, deadline);
}

SmtpTalk SmtpSession::introduce(const SmtpDeadline& deadline) {
    const auto talk =
        wire_->command("MAIL FROM:" + path_of(wire_->settings().from.address), deadline);
    if (talk.completed) wire_->command("RSET", deadline);  // if it fails, the connection is gone
    return talk;
}

SmtpTalk SmtpSession::greet(const SmtpDeadline& deadline) {
    return wire_->command("NOOP", deadline);
}

bool SmtpSession::offers_smtputf8() const {
    return wire_->offers_smtputf8();
}

}  // namespace latchkey
