#include "web/render/assets.h"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace latchkey {

namespace embedded {
const std::map<std::string_view, std::string_view>& templates();
}

namespace {

constexpr std::uintmax_t kLargest = 1024 * 1024;  // bytes

std::string content_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(in), {}};
    if (!in) throw std::runtime_error("cannot read " + file.string());
    return content;
}

}  // namespace

Assets::Assets(const std::filesystem::path& overlay) {
    for (const auto& [path, content] : embedded::templates()) files_.emplace(path, content);
    if (overlay.empty()) return;
    if (!std::filesystem::is_directory(overlay))
        throw std::runtime_error("the overlay folder " + overlay.string() +
                                 " does not exist or is not a folder");
    for (const auto& entry : std::filesystem::recursive_directory_iterator(overlay)) {
        if (!entry.is_regular_file()) continue;
        if (entry.file_size() > kLargest)
            throw std::runtime_error(entry.path().string() + " is larger than 1 MiB");
        const std::string path = entry.path().lexically_relative(overlay).generic_string();
        if (const auto original = files_.find(path); original != files_.end())
            replaced_.insert(*original);
        files_[path] = content_of(entry.path());
        overlaid_[path] = entry.path().string();
    }
}

Assets::Assets(Files files) : files_(std::move(files)) {}

const std::string* Assets::find(std::string_view path) const {
    const auto found = files_.find(path);
    return found == files_.end() ? nullptr : &found->second;
}

std::vector<const std::string*> Assets::layers(std::string_view path) const {
    std::vector<const std::string*> found;
    if (const auto original = replaced_.find(path); original != replaced_.end())
        found.push_back(&original->second);
    if (const std::string* content = find(path)) found.push_back(content);
    return found;
}

std::vector<std::string> Assets::below(std::string_view folder) const {
    std::vector<std::string> paths;
    for (auto at = files_.lower_bound(folder); at != files_.end(); ++at) {
        if (!at->first.starts_with(folder)) break;
        paths.push_back(at->first);
    }
    return paths;
}

std::string Assets::shown_name(std::string_view path) const {
    const auto found = overlaid_.find(path);
    return found == overlaid_.end() ? "templates/" + std::string(path) : found->second;
}

}  // namespace latchkey
