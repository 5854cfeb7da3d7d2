/// Every sentence that something asks for is there, in every language, and nothing else.

#include "engine/activity.h"
#include "engine/campaign.h"
#include "engine/enrollment.h"
#include "engine/process.h"
#include "engine/reset_request.h"
#include "engine/settings.h"
#include "verifications/make_registry.h"
#include "web/http/problems.h"
#include "web/render/catalog.h"
#include "web/render/templates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

namespace latchkey {
namespace {

using Ids = std::set<std::string>;

const std::filesystem::path kSource = LATCHKEY_SOURCE;

/// The C++ below a folder, one string; everything if none is named.
std::string sources(const std::string& only = {}) {
    std::string text;
    for (const std::string folder : {"engine", "verifications", "db", "web"}) {
        if (!only.empty() && folder != only) continue;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(kSource / folder))
            if (entry.path().extension() == ".cpp" || entry.path().extension() == ".h") {
                std::ifstream in(entry.path());
                text.append(std::istreambuf_iterator<char>(in), {});
            }
    }
    return text;
}

/// The first group of every match.
Ids found(const std::string& pattern, const std::string& folder = {}) {
    const std::regex regex(pattern);
    const std::string text = sources(folder);
    Ids ids;
    for (auto at = std::sregex_iterator(text.begin(), text.end(), regex);
         at != std::sregex_iterator(); ++at)
        for (std::size_t group = 1; group < at->size(); ++group)
            if ((*at)[group].matched) ids.insert((*at)[group]);
    return ids;
}

void add(Ids& ids, const std::string& prefix, const Ids& names, const std::string& suffix = "") {
    for (const std::string& name : names) ids.insert(prefix + name + suffix);
}

template <class Settings>
void add_settings(Ids& ids, const std::string& prefix, const Settings& settings) {
    for (const Setting& setting : settings) {
        for (const char* end : {"", ".help"}) ids.insert(prefix + setting.key + end);
        add_settings(ids, prefix + setting.key + ".", setting.members);
    }
}

/// What C++ asks for, as far as the text of the sources and the tables of the program tell.
Ids asked_for_by_code() {
    Ids ids = found(R"re(\{"([a-z_]+(?:\.[a-z_]+)+)",\s*\{)re");
    add(ids, "problem.", found(R"re(rejected\("(\w+)"|\{\{\}, "(\w+)"\}|refuse\("(\w+)"\))re"));
    // fault(where, "code") or fault(where, test ? "code" : "code"), `where` being one call at most.
    add(ids, "definition.",
        found(
            R"re(\b(?:fault|problem)\((?:[^()",;]|"/[a-z_]*"|\((?:[^()]|\([^()]*\))*\))*,\s*(?:[^,"?;]*\?\s*)?"([a-z_]+[a-z])"(?:\s*:\s*"([a-z_]+[a-z])")?)re",
            "engine"));
    add(ids, "definition.not_", found(R"re(range\("(\w+)"\))re", "engine"));
    Ids refusals =
        found(R"re((?:refusal|fault)\((?:call|request|call\.request), "([a-z_]+[a-z])")re");
    for (int code = 0; code <= static_cast<int>(Errc::forbidden); ++code)
        refusals.insert(std::string(http::problem_row(static_cast<Errc>(code)).name));
    for (const auto state : {RequestState::locked, RequestState::expired, RequestState::cancelled})
        refusals.insert("request_" + std::string(name(state)));
    add(ids, "error.", refusals, ".title");
    add(ids, "error.", refusals, ".body");
    for (const auto state :
         {EnrollmentState::imported, EnrollmentState::proved, EnrollmentState::active,
          EnrollmentState::revoked, EnrollmentState::expired})
        ids.insert("enrollment." + std::string(name(state)));
    add_settings(ids, "setting.", process_limit_settings());
    add_settings(ids, "setting.", process_password_settings());
    add_settings(ids, "setting.campaign.", campaign_settings());
    const Registry registry = make_registry();
    add_settings(ids, "setting.", product_settings(registry));
    for (const auto& verification : registry.all())
        add_settings(ids, "setting." + verification->type().id + ".",
                     verification->type().settings);
    return ids;
}

Ids asked_for_by_templates(const Templates& templates) {
    Ids ids;
    for (const std::string& name : templates.names()) {
        const auto& sentences = templates.find(name)->sentences();
        ids.insert(sentences.begin(), sentences.end());
        if (name.starts_with("email/") && !name.ends_with(".txt"))
            ids.insert("mail." + name.substr(6) + ".subject");
    }
    return ids;
}

struct Words {
    Assets assets;
    Catalogs catalogs{assets, {}};
    Templates templates{assets, catalogs};
};

/// "too_short", or "email_code" + "_bad_address".
bool might_be_tail(const std::string& text, const Ids& literals) {
    if (literals.contains(text)) return true;
    for (std::size_t at = 1; at < text.size(); ++at)
        if (literals.contains(text.substr(0, at)) && literals.contains(text.substr(at)))
            return true;
    return false;
}

/// Some literal begins and some others end the id: "problem." + "too_short", or "email_code" +
/// ".enter.title". Weaker than the lists above, and enough to find what is left over.
bool might_be_composed(const std::string& id, const Ids& literals) {
    if (literals.contains(id)) return true;
    for (std::size_t at = id.find('.'); at != std::string::npos; at = id.find('.', at + 1)) {
        const bool head =
            literals.contains(id.substr(0, at + 1)) || literals.contains(id.substr(0, at));
        const bool tail =
            literals.contains(id.substr(at)) || might_be_tail(id.substr(at + 1), literals);
        if (head && tail) return true;
    }
    return false;
}

TEST(Words, AreThereForEverythingThatIsAskedForInEveryLanguage) {
    const Words words;
    Ids ids = asked_for_by_code();
    ids.merge(asked_for_by_templates(words.templates));
    EXPECT_GT(ids.size(), 250U) << "the sources are not where they were looked for";
    for (const Catalog* catalog : words.catalogs.all())
        for (const std::string& id : ids)
            EXPECT_TRUE(catalog->own_ids().contains(id)) << catalog->language() << " lacks " << id;
}

TEST(Words, AreTheSameIdsWithTheSameArgumentsInEveryLanguage) {
    const Words words;
    const Catalog& english = words.catalogs.in("en");
    for (const Catalog* catalog : words.catalogs.all()) {
        EXPECT_EQ(catalog->own_ids(), english.own_ids()) << catalog->language();
        for (const std::string& id : english.own_ids()) {
            EXPECT_EQ(catalog->find(id)->arguments(), english.find(id)->arguments())
                << catalog->language() << " " << id;
            EXPECT_FALSE(catalog->find(id)->empty()) << catalog->language() << " " << id;
        }
    }
}

TEST(Words, AreAllUsed) {
    const Words words;
    const Ids by_templates = asked_for_by_templates(words.templates);
    const Ids by_code = asked_for_by_code();
    const Ids literals = found(R"re("([a-z_.]+)")re");
    const std::regex of_a_message(R"re((?:sms|about)\.([a-z_]+)(?:\.why|\.ignored)?)re");
    const auto of_mail = [&](const std::string& id) {
        std::smatch parts;
        return std::regex_match(id, parts, of_a_message) &&
               words.templates.find("email/" + parts.str(1));
    };
    for (const std::string& id : words.catalogs.in("en").own_ids())
        EXPECT_TRUE(by_templates.contains(id) || of_mail(id) || by_code.contains(id) ||
                    might_be_composed(id, literals))
            << id << " is used nowhere";
}

TEST(Words, NameNoProduct) {
    const Assets assets;
    for (const char* folder : {"messages/", "pages/", "partials/", "fields/", "email/", "static/",
                               "layout", "mail_layout"})
        for (const std::string& path : assets.below(folder)) {
            std::string text = *assets.find(path);
            std::ranges::transform(text, text.begin(),
                                   [](unsigned char c) { return std::tolower(c); });
            EXPECT_EQ(text.find("latchkey"), std::string::npos) << path;
        }
}

}  // namespace
}  // namespace latchkey
