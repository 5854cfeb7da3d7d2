#include "web/cli/commands.h"
#include "web/cli/people.h"

namespace latchkey {
namespace {

std::string sentence(Application& application, const Problem& problem) {
    return problem.pointer + ": " + application.catalogs().in("en").say(problem.text);
}

/// Returns 1 after saying what is wrong.
int refused(Application& application, const std::string& name, const Error& error,
            Terminal& terminal) {
    switch (error.code) {
        case Errc::not_found:
            throw CommandFailure("there is no campaign " + name);
        case Errc::conflict:
            throw CommandFailure("there is a campaign " + name + " already");
        case Errc::already_answered: {
            const auto view = application.campaigns().look(name);
            throw CommandFailure(
                "the campaign " + name + " is " +
                std::string(latchkey::name(view ? view->campaign.state : CampaignState::draft)) +
                ": that cannot be done now");
        }
        default:
            break;
    }
    for (const Problem& problem : error.problems)
        terminal.err() << name << ": " << sentence(application, problem) << "\n";
    terminal.err() << "Nothing was changed.\n";
    return 1;
}

Json view_json(Application& application, const CampaignView& view) {
    Json json = campaign_json(view.campaign);
    json["state"] = name(view.campaign.state);
    json["reason"] = view.campaign.reason;
    json["waiting"] = view.report.waiting;
    json["sent"] = view.report.sent;
    json["failed"] = view.report.failed;
    json["corrected"] = view.report.corrected;
    json["over"] = view.over;
    json["lags"] = view.lags;
    json["problems"] = Json::array();
    for (const Problem& problem : view.faults)
        json["problems"].push_back(sentence(application, problem));
    return json;
}

int done(const std::string& what, const std::string& name, Terminal& terminal) {
    terminal.out() << what << " " << name << ".\n";
    return 0;
}

std::string sentence(const Audience& audience) {
    return std::to_string(audience.now) + " at once, " + std::to_string(audience.later) +
           " later, " + std::to_string(audience.without_address) + " without a mail address";
}

}  // namespace

int campaign_list_command(Application& application, bool json, Terminal& terminal) {
    const auto views = application.campaigns().list();
    if (json) {
        Json list = Json::array();
        for (const auto& view : views) list.push_back(view_json(application, view));
        terminal.out() << list.dump(2) << "\n";
        return 0;
    }
    if (views.empty())
        terminal.out() << "There is no campaign. Whatever expires gets one by itself.\n";
    for (const auto& [campaign, report, faults, over, lags] : views) {
        terminal.out() << campaign.name << ": " << name(campaign.kind) << " of " << campaign.about
                       << ", " << (over ? "over" : name(campaign.state)) << "; waiting "
                       << report.waiting << ", sent " << report.sent << ", failed " << report.failed
                       << ", corrected " << report.corrected << "\n";
        if (lags)
            terminal.out() << "  late: the oldest has waited since "
                           << rfc3339(*report.waiting_since) << "\n";
        for (const Problem& problem : faults)
            terminal.out() << "  not sent: " << sentence(application, problem) << "\n";
    }
    return 0;
}

int campaign_add_command(Application& application, const std::filesystem::path& file,
                         Terminal& terminal) {
    const auto json = read_json(file, terminal);
    if (!json) return 1;
    const std::string name =
        json->is_object() && json->contains("name") && json->at("name").is_string()
            ? json->at("name").get<std::string>()
            : file.string();
    const auto added = application.campaigns().add(*json, command_origin());
    if (!added) return refused(application, name, added.error(), terminal);
    return done("Added the draft", name, terminal);
}

int campaign_preview_command(Application& application, const std::string& name,
                             const std::string& language, Terminal& terminal) {
    const auto message = application.campaigns().preview(name, language);
    if (!message) return refused(application, name, message.error(), terminal);
    const Composed mail = application.mail_in_words(*message);
    terminal.out() << mail.subject << "\n\n" << mail.text;
    return 0;
}

int campaign_audience_command(Application& application, const std::string& name, bool json,
                              Terminal& terminal) {
    const auto audience = application.campaigns().audience(name);
    if (!audience) return refused(application, name, audience.error(), terminal);
    if (json)
        terminal.out() << Json{{"now", audience->now},
                               {"later", audience->later},
                               {"without_address", audience->without_address}}
                              .dump(2)
                       << "\n";
    else
        terminal.out() << "People: " << sentence(*audience) << ".\n";
    return 0;
}

int campaign_start_command(Application& application, const std::string& name, Terminal& terminal) {
    const auto started = application.campaigns().start(name, command_origin());
    if (!started) return refused(application, name, started.error(), terminal);
    return done("Started", name, terminal);
}

int campaign_pause_command(Application& application, const std::string& name,
                           const std::string& reason, Terminal& terminal) {
    const auto paused = application.campaigns().pause(name, reason, command_origin());
    if (!paused) return refused(application, name, paused.error(), terminal);
    return done("Paused", name, terminal);
}

int campaign_resume_command(Application& application, const std::string& name, Terminal& terminal) {
    const auto resumed = application.campaigns().resume(name, command_origin());
    if (!resumed) return refused(application, name, resumed.error(), terminal);
    return done("Resumed", name, terminal);
}

int campaign_cancel_command(Application& application, const std::string& name,
                            const std::vector<std::string>& reasons, Terminal& terminal) {
    Words words;
    for (const std::string& reason : reasons) {
        const auto mark = reason.find('=');
        const Catalog* const language =
            mark == reason.npos ? nullptr : application.catalogs().match(reason.substr(0, mark));
        if (language)
            words[language->language()] = reason.substr(mark + 1);
        else
            for (const Catalog* catalog : application.catalogs().all())
                words.emplace(catalog->language(), reason);
    }
    const auto cancelled = application.campaigns().cancel(name, words, command_origin());
    if (!cancelled) return refused(application, name, cancelled.error(), terminal);
    return done("Cancelled; those who were written to are told:", name, terminal);
}

}  // namespace latchkey
