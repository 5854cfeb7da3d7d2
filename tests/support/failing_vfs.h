#pragma once

#include <functional>
#include <string>

namespace latchkey {

/// The operating system as SQLite sees it, with faults to order: SqliteOptions::vfs = name(). For
/// one test at a time.
class FailingVfs {
 public:
    enum class Fault {
        sync,   // SQLITE_IOERR_FSYNC
        write,  // SQLITE_IOERR_WRITE
        full,   // a write that finds the disk full
    };

    FailingVfs();
    ~FailingVfs();
    FailingVfs(const FailingVfs&) = delete;
    FailingVfs& operator=(const FailingVfs&) = delete;

    static std::string name() { return "failing"; }

    /// The `nth` operation of that kind from now on fails, counted from 1, and with `forever` all
    /// later ones.
    void fail(Fault fault, int nth, bool forever = false);
    void heal();

    /// True if the fault that was ordered has happened.
    bool failed() const;
};

}  // namespace latchkey
