#include "web/signals.h"

#include "engine/json.h"
#include "web/log.h"

#include <csignal>
#include <exception>

namespace latchkey {
namespace {

sigset_t watched() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR2}) sigaddset(&set, signal);
    return set;
}

}  // namespace

void block_signals() {
    const sigset_t set = watched();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

SignalWatch::SignalWatch(Calls calls)
    : thread_([calls = std::move(calls)] {
          const sigset_t set = watched();
          for (int signal = 0; sigwait(&set, &signal) == 0;) {
              if (signal == SIGUSR2) return;  // from our destructor
              if (signal != SIGHUP) {
                  calls.stop();
                  continue;
              }
              try {
                  calls.reload();
                  log(LogLevel::info, "server.reloaded");
              } catch (const std::exception& trouble) {
                  log(LogLevel::error, "server.not_reloaded", {{"what", trouble.what()}});
              }
          }
      }) {}

SignalWatch::~SignalWatch() {
    pthread_kill(thread_.native_handle(), SIGUSR2);
    thread_.join();
}

}  // namespace latchkey
