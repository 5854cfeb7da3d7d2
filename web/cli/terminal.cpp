#include "web/cli/terminal.h"

#include <termios.h>
#include <unistd.h>
#include <fstream>

namespace latchkey {
namespace {

/// Switches off the echo of what is typed for as long as it lives.
class Hidden {
 public:
    Hidden() {
        tcgetattr(STDIN_FILENO, &before_);
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    ~Hidden() { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }
    Hidden(const Hidden&) = delete;
    Hidden& operator=(const Hidden&) = delete;

 private:
    termios before_{};
};

Secret line_of(std::istream& in) {
    std::string line;
    std::getline(in, line);
    if (line.ends_with('\r')) line.pop_back();
    return Secret(std::move(line));
}

}  // namespace

bool Terminal::interactive() const {
    return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

std::string Terminal::ask(const std::string& question, const std::string& fallback) {
    err() << question << (fallback.empty() ? "" : " [" + fallback + "]") << ": " << std::flush;
    std::string line;
    if (!std::getline(std::cin, line)) throw CommandFailure("nothing more to read");
    return line.empty() ? fallback : line;
}

Secret Terminal::new_password(const std::string& file) {
    if (file == "-") return line_of(std::cin);
    if (!file.empty()) {
        std::ifstream in(file, std::ios::binary);
        if (!in) throw CommandFailure(file + ": cannot be read");
        return line_of(in);
    }
    if (!interactive())
        throw CommandFailure(
            "a password is needed: give it with --password-file FILE, or - for one "
            "line of standard input");
    const Hidden hidden;
    err() << "New password: " << std::flush;
    Secret first = line_of(std::cin);
    err() << "\nThe same again: " << std::flush;
    const Secret second = line_of(std::cin);
    err() << "\n";
    if (first.reveal() != second.reveal()) throw CommandFailure("the two passwords differ");
    return first;
}

void ProgressBar::advance() {
    ++done_;
    const auto now = std::chrono::steady_clock::now();
    if (now - began_ < std::chrono::seconds(1) || now - drawn_ < std::chrono::milliseconds(100))
        return;
    drawn_ = now;
    draw();
}

void ProgressBar::draw() {
    if (!terminal_.interactive()) return;
    shown_ = true;
    constexpr std::size_t kWidth = 40;
    const std::size_t filled = total_ == 0 ? kWidth : kWidth * done_ / total_;
    terminal_.err() << "\r[" << std::string(filled, '#') << std::string(kWidth - filled, ' ')
                    << "] " << done_ << " of " << total_ << std::flush;
}

ProgressBar::~ProgressBar() {
    if (shown_) terminal_.err() << "\r" << std::string(72, ' ') << "\r" << std::flush;
}

}  // namespace latchkey
