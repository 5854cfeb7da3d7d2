#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/wait_traits.hpp>
#include <chrono>

/// The words of Asio that this folder speaks. Everything here runs on one I/O thread, so sockets,
/// timers and coroutines carry that thread's executor itself and not a type-erased one (a tenth
/// more requests per second).
///
/// g++ 12 destroys some temporaries twice in a statement with co_await. There: no braces, no `?:`,
/// no lambda that captures by value. Name things first.
namespace latchkey {

namespace net = boost::asio;

using Executor = net::io_context::executor_type;

template <class T>
using Awaitable = net::awaitable<T, Executor>;

/// Completes with a tuple that begins with the error code: no exceptions for broken connections.
constexpr net::as_tuple_t<net::use_awaitable_t<Executor>> kAsTuple{};

/// Deadlines: a clock that nobody sets.
using Steady = std::chrono::steady_clock;
using SteadyTime = Steady::time_point;
using Timer = net::basic_waitable_timer<Steady, net::wait_traits<Steady>, Executor>;

/// TCP and Unix sockets alike.
using Socket = net::basic_stream_socket<net::generic::stream_protocol, Executor>;

}  // namespace latchkey
