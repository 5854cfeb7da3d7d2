#include "web/cli/command_line.h"

#include <sys/resource.h>

int main(int argc, char** argv) {
    // What is in memory must not stay in a file when the program crashes (S62).
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    setrlimit(RLIMIT_CORE, &none);
    return latchkey::run_command_line(argc, argv);
}
