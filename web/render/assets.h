#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// The files below templates/ as this installation sees them: those compiled in, and over them
/// those of an overlay folder with the same path. Read once at start; immutable and shared by
/// threads.
class Assets {
 public:
    using Files = std::map<std::string, std::string, std::less<>>;  // by path

    /// An empty `overlay` means there is none. Throws std::runtime_error naming the folder or file
    /// that cannot be read, or that is larger than a template or picture has reason to be.
    explicit Assets(const std::filesystem::path& overlay = {});

    /// Exactly these files.
    explicit Assets(Files files);

    /// Null if there is no such file. `path` is relative to templates/, with '/'.
    const std::string* find(std::string_view path) const;

    /// The file as compiled in and as overlaid, in this order: for those that add up (messages/)
    /// instead of replacing each other.
    std::vector<const std::string*> layers(std::string_view path) const;

    /// The paths that begin with `folder` ("messages/"), sorted.
    std::vector<std::string> below(std::string_view folder) const;

    /// What an error message calls the file: its place in the overlay folder, or "templates/…".
    std::string shown_name(std::string_view path) const;

 private:
    Files files_;
    Files replaced_;  // what an overlaid file hides
    Files overlaid_;  // path to the file's own place
};

}  // namespace latchkey
