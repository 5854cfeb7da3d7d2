#include "web/cli/command_line.h"

int main(int argc, char** argv) {
    return latchkey::run_command_line(argc, argv);
}
