#include "tests/support/running_server.h"

namespace latchkey {

namespace {

ServerSettings complete(ServerSettings settings) {
    if (settings.listen.empty()) settings.listen = "127.0.0.1:0";
    if (settings.hosts.empty()) settings.hosts = {"*"};
    return settings;
}

}  // namespace

RunningServer::RunningServer(ServerSettings settings, Handler handler)
    : server_(complete(std::move(settings)), std::move(handler)),
      thread_([this] { server_.run(); }) {}

RunningServer::~RunningServer() {
    server_.stop();
}

void RunningServer::join() {
    thread_.join();
}

}  // namespace latchkey
