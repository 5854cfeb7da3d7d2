#pragma once

#include "engine/secret.h"

#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>

namespace latchkey {

/// The command cannot be carried out; the text says what to change.
class CommandFailure : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

/// What commands read from and write to.
class Terminal {
 public:
    std::ostream& out() { return std::cout; }
    std::ostream& err() { return std::cerr; }

    /// True if a person sits in front of it.
    bool interactive() const;

    /// Asks a person; an empty line gives `fallback`.
    std::string ask(const std::string& question, const std::string& fallback = {});

    /// Asks for a new password twice, without showing it; from a file if `file` is not empty ("-":
    /// one line of standard input). Throws CommandFailure if it can do neither.
    Secret new_password(const std::string& file);
};

/// "[#####     ] 512 of 1000", on a terminal only and only when it takes longer than a second.
class ProgressBar {
 public:
    ProgressBar(Terminal& terminal, std::size_t total) : terminal_(terminal), total_(total) {}
    ~ProgressBar();
    void advance();

 private:
    void draw();

    Terminal& terminal_;
    std::size_t total_;
    std::size_t done_ = 0;
    bool shown_ = false;
    std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    std::chrono::steady_clock::time_point drawn_ = began_;
};

}  // namespace latchkey
