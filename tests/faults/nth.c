/*
 * Preloaded into the program under test: from the moment it is armed, the Nth operation that changes a
 * file, syncs one or says something to a peer ends as asked. All threads share one count. The test
 * steers it through a small file that both map: see nth_operation.test.mjs.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { off, kill_before, fail_write, fail_sync, disk_full, read_only };

struct control {
    _Atomic int32_t kind; /* enum kind */
    _Atomic int32_t nth;  /* counted from 1 */
    _Atomic int32_t count;
    _Atomic int32_t fired;
};

static struct control *control;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("LATCHKEY_NTH");
    const int file = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *at = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (at != MAP_FAILED) control = at;
    close(file);
}

static int is_file(int fd) {
    struct stat about;
    const int before = errno;
    const int file = fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
    errno = before;
    return file;
}

/* Whether this operation is to fail; errno says how. */
static int fails(int fd, int sync) {
    if (!control) return 0;
    const enum kind kind = (enum kind)atomic_load(&control->kind);
    if (kind == off) return 0;
    const int file = fd < 0 || is_file(fd);
    const int counts = kind == kill_before ? 1 : kind == fail_sync ? sync : file;
    if (!counts) return 0;
    const int32_t count = atomic_fetch_add(&control->count, 1) + 1;
    const int32_t nth = atomic_load(&control->nth);
    const int lasts = kind == disk_full || kind == read_only;
    if (count < nth || (count > nth && !lasts)) return 0;
    if (kind == disk_full && sync) return 0;
    atomic_store(&control->fired, 1);
    if (kind == kill_before) kill(getpid(), SIGKILL);
    errno = kind == disk_full ? ENOSPC : kind == read_only ? EROFS : EIO;
    return 1;
}

#define NEXT(name) \
    static __typeof__(&name) next; \
    if (!next) next = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at) {
    NEXT(pwrite64);
    return fails(fd, 0) ? -1 : next(fd, bytes, size, at);
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
    NEXT(pwrite);
    return fails(fd, 0) ? -1 : next(fd, bytes, size, at);
}
ssize_t write(int fd, const void *bytes, size_t size) {
    NEXT(write);
    return fails(fd, 0) ? -1 : next(fd, bytes, size);
}
ssize_t send(int fd, const void *bytes, size_t size, int flags) {
    NEXT(send);
    return fails(fd, 0) ? -1 : next(fd, bytes, size, flags);
}
ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    NEXT(sendmsg);
    return fails(fd, 0) ? -1 : next(fd, message, flags);
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    NEXT(writev);
    return fails(fd, 0) ? -1 : next(fd, parts, count);
}
int fsync(int fd) {
    NEXT(fsync);
    return fails(fd, 1) ? -1 : next(fd);
}
int fdatasync(int fd) {
    NEXT(fdatasync);
    return fails(fd, 1) ? -1 : next(fd);
}
int ftruncate64(int fd, off64_t size) {
    NEXT(ftruncate64);
    return fails(fd, 0) ? -1 : next(fd, size);
}
int ftruncate(int fd, off_t size) {
    NEXT(ftruncate);
    return fails(fd, 0) ? -1 : next(fd, size);
}
int rename(const char *from, const char *to) {
    NEXT(rename);
    return fails(-1, 0) ? -1 : next(from, to);
}
int unlink(const char *path) {
    NEXT(unlink);
    return fails(-1, 0) ? -1 : next(path);
}
