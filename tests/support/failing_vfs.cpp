#include "tests/support/failing_vfs.h"

#include <sqlite3.h>

#include <atomic>
#include <cstring>

namespace latchkey {
namespace {

sqlite3_vfs* system_vfs() {
    static sqlite3_vfs* const vfs = sqlite3_vfs_find(nullptr);
    return vfs;
}

// What was ordered. SQLite calls from any thread.
std::atomic<FailingVfs::Fault> ordered{};
std::atomic<int> operations_left = 0;  // until it happens; 0: nothing is ordered
std::atomic<bool> for_ever = false;
std::atomic<bool> happened = false;

/// Counts an operation; true if it is to fail.
bool fails(FailingVfs::Fault fault) {
    if (fault != ordered || operations_left == 0) return false;
    if (happened) return for_ever;
    if (--operations_left > 0) return false;
    operations_left = 1;
    happened = true;
    return true;
}

/// A file of ours, with the system's behind it.
struct File {
    sqlite3_file base;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File* ours(sqlite3_file* file) {
    return reinterpret_cast<File*>(file);
}

/// Passes a call on to the system's file.
template <auto Method, class... Arguments>
int pass(sqlite3_file* file, Arguments... arguments) {
    sqlite3_file* real = ours(file)->real();
    return (real->pMethods->*Method)(real, arguments...);
}

int write(sqlite3_file* file, const void* data, int size, sqlite3_int64 offset) {
    if (fails(FailingVfs::Fault::full)) return SQLITE_FULL;
    if (fails(FailingVfs::Fault::write)) return SQLITE_IOERR_WRITE;
    return pass<&sqlite3_io_methods::xWrite>(file, data, size, offset);
}

int sync(sqlite3_file* file, int flags) {
    if (fails(FailingVfs::Fault::sync)) return SQLITE_IOERR_FSYNC;
    return pass<&sqlite3_io_methods::xSync>(file, flags);
}

void barrier(sqlite3_file* file) {
    sqlite3_file* real = ours(file)->real();
    real->pMethods->xShmBarrier(real);
}

const sqlite3_io_methods kMethods{
    .iVersion = 2,  // without memory mapping
    .xClose = pass<&sqlite3_io_methods::xClose>,
    .xRead = pass<&sqlite3_io_methods::xRead, void*, int, sqlite3_int64>,
    .xWrite = write,
    .xTruncate = pass<&sqlite3_io_methods::xTruncate, sqlite3_int64>,
    .xSync = sync,
    .xFileSize = pass<&sqlite3_io_methods::xFileSize, sqlite3_int64*>,
    .xLock = pass<&sqlite3_io_methods::xLock, int>,
    .xUnlock = pass<&sqlite3_io_methods::xUnlock, int>,
    .xCheckReservedLock = pass<&sqlite3_io_methods::xCheckReservedLock, int*>,
    .xFileControl = pass<&sqlite3_io_methods::xFileControl, int, void*>,
    .xSectorSize = pass<&sqlite3_io_methods::xSectorSize>,
    .xDeviceCharacteristics = pass<&sqlite3_io_methods::xDeviceCharacteristics>,
    .xShmMap = pass<&sqlite3_io_methods::xShmMap, int, int, int, void volatile**>,
    .xShmLock = pass<&sqlite3_io_methods::xShmLock, int, int, int>,
    .xShmBarrier = barrier,
    .xShmUnmap = pass<&sqlite3_io_methods::xShmUnmap, int>,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
    file->pMethods = nullptr;
    const int result =
        system_vfs()->xOpen(system_vfs(), name, ours(file)->real(), flags, out_flags);
    if (result == SQLITE_OK) file->pMethods = &kMethods;
    return result;
}

sqlite3_vfs& failing_vfs() {
    static sqlite3_vfs vfs = [] {
        sqlite3_vfs copy = *system_vfs();
        copy.zName = "failing";
        copy.pNext = nullptr;
        copy.szOsFile += static_cast<int>(sizeof(File));
        copy.xOpen = open;
        return copy;
    }();
    return vfs;
}

}  // namespace

FailingVfs::FailingVfs() {
    heal();
    sqlite3_vfs_register(&failing_vfs(), 0);
}

FailingVfs::~FailingVfs() {
    sqlite3_vfs_unregister(&failing_vfs());
}

void FailingVfs::fail(Fault fault, int nth, bool forever) {
    heal();
    ordered = fault;
    for_ever = forever;
    operations_left = nth;
}

void FailingVfs::heal() {
    operations_left = 0;
    happened = false;
}

bool FailingVfs::failed() const {
    return happened;
}

}  // namespace latchkey
