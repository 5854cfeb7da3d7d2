#pragma once

#include <sys/types.h>
#include <string>
#include <vector>

namespace latchkey {

/// A program started by a test, with pipes to its standard input and output. It is killed, by its
/// process id, when the object goes.
class ChildProcess {
 public:
    /// `command` begins with the program's path. Throws std::runtime_error if it cannot be started.
    explicit ChildProcess(const std::vector<std::string>& command);
    ~ChildProcess();
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;

    pid_t id() const { return id_; }

    /// The next line of its output without the line end; empty at the end of the output.
    std::string read_line();

    /// Adds the line end.
    void write_line(const std::string& line);

    /// Kills it now and waits until it is gone.
    void stop();

 private:
    pid_t id_ = -1;
    int input_ = -1;
    int output_ = -1;
    std::string read_;  // but not yet returned
};

}  // namespace latchkey
