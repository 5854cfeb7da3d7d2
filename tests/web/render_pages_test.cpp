#include "web/render/pages.h"

#include "tests/web/render_page_samples.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>

namespace latchkey {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Site {
    explicit Site(const std::filesystem::path& overlay = {}, Branding looks = {})
        : assets(overlay), branding(std::move(looks)) {}

    Assets assets;
    Branding branding;
    Catalogs catalogs{assets, {}};
    Templates templates{assets, catalogs, Template::Missing::fault};
    StaticFiles files{assets, branding};
    Pages pages{templates, catalogs, files, branding};
};

TEST(Pages, RenderEverySampleInEveryLanguageWithoutMissingNames) {
    const Site site;
    for (const PageSample& sample : page_samples())
        for (const Catalog* catalog : site.catalogs.all())
            EXPECT_THAT(site.pages.render(sample.page, sample.view, *catalog), HasSubstr("</html>"))
                << sample.page << " " << sample.variant;
}

void write_file(const std::filesystem::path& path, const std::string& content) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << content;
}

/// For tests/browser and for looking at: every sample in every language and in a right-to-left one
/// with English words, into the folder that LATCHKEY_SAMPLES names.
TEST(PageSamples, AreWrittenWhenAFolderIsGiven) {
    const char* folder = std::getenv("LATCHKEY_SAMPLES");
    if (!folder) GTEST_SKIP() << "LATCHKEY_SAMPLES is not set";
    const std::filesystem::path out(folder);
    const Assets plain;
    const auto overlay = std::filesystem::temp_directory_path() / "latchkey-samples-overlay";
    write_file(overlay / "messages/ar-XB.json", *plain.find("messages/en.json"));
    const Site site(overlay);
    std::string index;
    for (const PageSample& sample : page_samples())
        for (const Catalog* catalog : site.catalogs.all()) {
            const std::string name = sample.page +
                                     (sample.variant.empty() ? "" : "-" + sample.variant) + "." +
                                     catalog->language() + ".html";
            write_file(out / name, site.pages.render(sample.page, sample.view, *catalog));
            index += name + "\n";
        }
    write_file(out / "index.txt", index);
    for (const std::string name : {"site.css", "site.js", "password.js", "icon.svg"}) {
        const std::string url = site.files.url(name);
        write_file(out / url.substr(1), *site.files.content(name));
    }
    std::filesystem::remove_all(overlay);
}

}  // namespace
}  // namespace latchkey
