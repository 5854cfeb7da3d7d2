#include "web/pages/demo_pages.h"

#include "web/render/view.h"

namespace latchkey {
namespace {

/// A mail may bring styles of its own; nothing in it may act or fetch.
constexpr std::string_view kMailPolicy =
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'";

std::string path_of(const MessageId& id) {
    return DemoPages::kMailboxPath + ("/" + id.text());
}

/// The subject, or what an SMS begins with.
std::string title_of(const Composed& words) {
    return words.subject.empty() ? words.text.substr(0, words.text.find('\n')) : words.subject;
}

}  // namespace

void DemoPages::add_to(Site& site) {
    const std::string base = kMailboxPath;
    site.get(base, Access::anyone, Pace::waits, [this](Call& call) { return list(call); });
    site.get(base + "/{id}", Access::anyone, Pace::waits,
             [this](Call& call) { return message(call); });
    site.get(base + "/{id}/html", Access::anyone, Pace::waits,
             [this](Call& call) { return html_part(call); });
}

http::Response DemoPages::list(const Call& call) const {
    Json messages = Json::array();
    for (const auto& item : mailbox_.items())
        messages.push_back({{"url", frame_.url(path_of(item.id))},
                            {"to", item.to},
                            {"subject", title_of(item.words)},
                            {"sent", instant(item.at)},
                            {"channel", item.channel}});
    return frame_.page(call, "mailbox", {{"messages", std::move(messages)}});
}

http::Response DemoPages::message(const Call& call) const {
    const auto item = mailbox_.find(MessageId{call.parameter("id")});
    if (!item) return frame_.refusal(call, Error{Errc::not_found}, kMailboxPath);
    const std::string path = path_of(item->id);
    return frame_.page(call, "mailbox_message",
                       {{"to", item->to},
                        {"subject", item->words.subject},
                        {"sent", instant(item->at)},
                        {"text", item->words.text},
                        {"html_url", item->words.html.empty() ? "" : frame_.url(path + "/html")},
                        {"mailbox_url", frame_.url(kMailboxPath)}});
}

http::Response DemoPages::html_part(const Call& call) const {
    const auto item = mailbox_.find(MessageId{call.parameter("id")});
    if (!item) return frame_.refusal(call, Error{Errc::not_found}, kMailboxPath);
    http::Response response{.body = item->words.html};
    response.with("Content-Type", "text/html; charset=utf-8")
        .with("Content-Security-Policy", std::string(kMailPolicy));
    Frame::harden(response, call.request.secure);
    return response;
}

}  // namespace latchkey
