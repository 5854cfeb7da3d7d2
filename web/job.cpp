#include "web/job.h"

#include "web/log.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>

namespace latchkey {

std::jthread make_job(std::string name, std::function<Milliseconds()> step) {
    return std::jthread([name = std::move(name),
                         step = std::move(step)](const std::stop_token& stop) {
        std::mutex mutex;
        std::condition_variable_any wake;
        std::unique_lock lock(mutex);
        Milliseconds pause{0};
        do {
            try {
                pause = step();
            } catch (const std::exception& fault) {
                pause = Minutes{1};
                log(LogLevel::warning, name + ".failed", {{"what", fault.what()}});
            }
        } while (!wake.wait_for(lock, stop, pause, [] { return false; }) && !stop.stop_requested());
    });
}

}  // namespace latchkey
