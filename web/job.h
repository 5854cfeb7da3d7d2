#pragma once

#include "engine/time.h"

#include <functional>
#include <string>
#include <thread>

namespace latchkey {

/// A thread that does `step` again and again, after the pause that it returns, or a minute after it
/// threw, which is logged as "<name>.failed". Ends when it is destroyed.
std::jthread make_job(std::string name, std::function<Milliseconds()> step);

}  // namespace latchkey
