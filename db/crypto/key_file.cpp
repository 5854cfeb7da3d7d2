#include "db/crypto/encoding.h"
#include "db/crypto/key_ring.h"
#include "engine/secret.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace latchkey {
namespace {

constexpr std::size_t kLongestFile = 1 << 16;  // a thousand keys

/// A file descriptor that closes itself.
class Descriptor {
 public:
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    int number() const { return number_; }
    bool open() const { return number_ >= 0; }

 private:
    int number_;
};

std::string reason() {
    return std::strerror(errno);
}

/// Only the account that the program runs as may be able to read the keys.
void check_private(const Descriptor& file, const std::string& name) {
    struct stat status {};
    if (::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode))
        throw KeyTrouble("the key file " + name + " is not a regular file");
    if (status.st_uid != ::geteuid() && status.st_uid != 0)
        throw KeyTrouble("the key file " + name +
                         " belongs to another user: make the user that Latchkey runs as its owner "
                         "(chown)");
    if ((status.st_mode & 077) != 0)
        throw KeyTrouble("the key file " + name +
                         " can be read by others: run chmod 600 on it, and if others had access to "
                         "this machine, rotate the key");
}

Secret contents(const Descriptor& file, const std::string& name) {
    std::string text(kLongestFile, '\0');
    const ssize_t size = ::read(file.number(), text.data(), text.size());
    if (size < 0) throw KeyTrouble("the key file " + name + " cannot be read: " + reason());
    // Shortened through a view: resize() would leave the rest of the bytes to whoever comes next.
    Secret exact(text.substr(0, static_cast<std::size_t>(size)));
    wipe(text.data(), text.size());
    return exact;
}

KeyRing::Root parsed(std::string_view line, const std::string& name) {
    const std::size_t blank = line.find(' ');
    KeyRing::Root root{.id = std::string(line.substr(0, blank)), .key = {}};
    auto bytes = blank == line.npos ? std::nullopt : from_base64url(line.substr(blank + 1));
    if (!bytes || bytes->size() != Key::kSize)
        throw KeyTrouble("the key file " + name +
                         " is damaged: each line must be an id, a blank and a key. Restore it from "
                         "where you keep its copy");
    std::copy(bytes->begin(), bytes->end(), root.key.data());
    wipe(bytes->data(), bytes->size());
    return root;
}

void write_all(const Descriptor& file, std::string_view text, const std::string& name) {
    if (::write(file.number(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
        ::fsync(file.number()) != 0)
        throw KeyTrouble("the key file " + name + " cannot be written: " + reason());
}

Key fresh_key() {
    Key key;
    randombytes_buf(key.data(), Key::kSize);
    return key;
}

Secret line_of(const KeyRing::Root& root) {
    std::string encoded =
        to_base64url({reinterpret_cast<const char*>(root.key.data()), Key::kSize});
    Secret line(root.id + " " + encoded + "\n");
    wipe(encoded.data(), encoded.size());
    return line;
}

void write_new(const std::filesystem::path& file, std::string_view text) {
    const std::string name = file.string();
    const Descriptor created(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!created.open())
        throw KeyTrouble("the key file " + name + " cannot be created: " + reason());
    write_all(created, text, name);
}

/// The name of the file must survive a power loss as well.
void sync_folder(const std::filesystem::path& file) {
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.open()) ::fsync(opened.number());
}

}  // namespace

KeyRing read_key_file(const std::filesystem::path& file) {
    const std::string name = file.string();
    // Without waiting: of what is no file, a pipe would keep the program until somebody writes.
    const Descriptor opened(::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (!opened.open())
        throw KeyTrouble("the key file " + name + " cannot be opened (" + reason() +
                         "): run `latchkey init` for a new installation, or put the key file of "
                         "this installation back");
    check_private(opened, name);
    const Secret text = contents(opened, name);
    std::vector<KeyRing::Root> roots;
    for (std::string_view rest = text.reveal(); !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        if (end > 0) roots.push_back(parsed(rest.substr(0, end), name));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (roots.empty())
        throw KeyTrouble("the key file " + name +
                         " is empty: restore it from where you keep its copy");
    return KeyRing(std::move(roots));
}

void create_key_file(const std::filesystem::path& file) {
    start_sodium();
    write_new(file, line_of({.id = "k1", .key = fresh_key()}).reveal());
    sync_folder(file);
}

void add_root_key(const std::filesystem::path& file, const KeyRing& ring) {
    auto roots = ring.roots();
    roots.push_back({.id = "k" + std::to_string(roots.size() + 1), .key = fresh_key()});
    const KeyRing whole(std::move(roots));  // refuses an id that is taken
    std::string text;
    text.reserve(kLongestFile);  // or copies of the keys would be left behind as it grows
    for (const KeyRing::Root& root : whole.roots()) text += line_of(root).reveal();
    if (text.size() > kLongestFile)
        throw KeyTrouble("the key file " + file.string() + " has no room for another key");
    const Secret content(std::move(text));
    const std::filesystem::path beside = file.string() + ".new";
    std::filesystem::remove(beside);  // of an attempt that was interrupted
    write_new(beside, content.reveal());
    struct stat status {};  // whoever does this, the file stays with the program that serves
    if (::stat(file.c_str(), &status) != 0 ||
        ::chown(beside.c_str(), status.st_uid, status.st_gid) != 0)
        throw KeyTrouble("the key file " + file.string() +
                         " cannot be given its owner: " + reason());
    std::filesystem::rename(beside, file);
    sync_folder(file);
}

}  // namespace latchkey
