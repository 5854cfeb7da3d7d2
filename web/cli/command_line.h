#pragma once

namespace latchkey {

/// The program's command line. Exit status: 0, 1 (failed) or 2 (wrong usage).
int run_command_line(int argc, char** argv);

}  // namespace latchkey
