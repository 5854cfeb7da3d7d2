#include "tests/support/postgres_server.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <vector>

namespace latchkey {
namespace {

/// The newest installed version.
std::filesystem::path programs() {
    std::vector<std::filesystem::path> versions;
    for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql"))
        versions.push_back(entry.path());
    if (versions.empty()) throw std::runtime_error("PostgreSQL is not installed");
    return *std::ranges::max_element(versions) / "bin";
}

/// PostgreSQL refuses to run as root: then its own user does it.
const passwd* other_user() {
    return ::geteuid() == 0 ? ::getpwnam("postgres") : nullptr;
}

/// Starts a program that dies with this one; everything it says goes to the file `log`.
pid_t spawn(const std::vector<std::string>& command, const std::filesystem::path& log) {
    const passwd* user = other_user();
    std::vector<char*> arguments;
    for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);

    const pid_t child = ::fork();
    if (child != 0) return child;
    // Only calls that are safe after a fork from here on; the user's change would undo the signal.
    if (user && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 ||
                 ::setuid(user->pw_uid) != 0))
        ::_exit(126);
    ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
    const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
    if (::chdir("/") != 0) ::_exit(126);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

bool succeeds(const std::vector<std::string>& command, const std::filesystem::path& log) {
    int status = 0;
    ::waitpid(spawn(command, log), &status, 0);
    return status == 0;
}

}  // namespace

PostgresServer& PostgresServer::instance() {
    static PostgresServer server;
    return server;
}

PostgresServer::PostgresServer() {
    if (const passwd* user = other_user())
        if (::chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) != 0)
            throw std::runtime_error("cannot hand a folder to the user postgres");
    start();
    wait_until_ready();
}

PostgresServer::~PostgresServer() {
    ::kill(server_, SIGQUIT);
    ::waitpid(server_, nullptr, 0);
}

void PostgresServer::start() {
    const std::string folder = folder_.path().string();
    if (!succeeds({programs() / "initdb", "-D", folder + "/data", "-U", "tests", "--auth=trust",
                   "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"},
                  log()))
        throw std::runtime_error("initdb failed");
    std::vector<std::string> command{programs() / "postgres", "-D", folder + "/data", "-k", folder};
    for (const char* setting :
         {"listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off",
          "shared_buffers=32MB", "max_connections=60"}) {
        command.emplace_back("-c");
        command.emplace_back(setting);
    }
    server_ = spawn(command, log());
}

void PostgresServer::wait_until_ready() {
    const auto ready = [&] {
        return succeeds({programs() / "pg_isready", "-q", "-h", folder_.path()}, log());
    };
    for (int tries = 0; !ready(); ++tries) {
        if (tries == 1000) throw std::runtime_error("PostgreSQL does not start");
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

std::string PostgresServer::log() const {
    return folder_.path() / "log";
}

std::string PostgresServer::new_database() {
    // A schema is enough, and quicker to make and to remove than a whole database.
    const std::string name = "test" + std::to_string(++databases_);
    const std::string url = "postgresql:///postgres?user=tests&host=" + folder_.path().string();
    execute(url, "CREATE SCHEMA " + name);
    return url + "&options=-c%20search_path%3D" + name;
}

void PostgresServer::execute(const std::string& database_url, const std::string& statement) {
    const std::vector<std::string> command{
        programs() / "psql", "-qX", "-v", "ON_ERROR_STOP=1", "-c", statement, database_url};
    if (!succeeds(command, log())) throw std::runtime_error("failed: " + statement);
}

}  // namespace latchkey
