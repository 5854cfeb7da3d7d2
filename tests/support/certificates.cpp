#include "tests/support/certificates.h"

#include "tests/support/temporary_folder.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace latchkey {
namespace {

constexpr const char* kNewKey = "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes ";

/// Runs in the folder; throws if it fails.
void run(const std::filesystem::path& folder, const std::string& command) {
    const std::string line = "cd '" + folder.string() + "' && (" + command + ") 2>errors";
    if (std::system(line.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

Certificates::Pair pair(const std::filesystem::path& folder, const std::string& name,
                        const std::string& hosts, bool signed_by_authority) {
    std::ofstream(folder / (name + ".ext")) << "subjectAltName=" << hosts << '\n';
    run(folder, kNewKey + ("-keyout " + name + ".key -out " + name + ".csr -subj /CN=" + name));
    const std::string by = signed_by_authority ? "-CA ca.pem -CAkey ca.key -CAcreateserial"
                                               : "-signkey " + name + ".key";
    run(folder, "openssl x509 -req -in " + name + ".csr " + by + " -days 2 -extfile " + name +
                    ".ext -out " + name + ".pem");
    return {folder / (name + ".pem"), folder / (name + ".key")};
}

struct Made {
    Made() {
        const auto& at = folder.path();
        run(at,
            std::string(kNewKey) + "-x509 -keyout ca.key -out ca.pem -days 2 -subj '/CN=Test CA'");
        files.authority = at / "ca.pem";
        files.server = pair(at, "server", "DNS:localhost,IP:127.0.0.1", true);
        files.elsewhere = pair(at, "elsewhere", "DNS:elsewhere.test", true);
        files.stranger = pair(at, "stranger", "DNS:localhost,IP:127.0.0.1", false);
    }

    TemporaryFolder folder;
    Certificates files;
};

}  // namespace

const Certificates& certificates() {
    static const Made kMade;
    return kMade.files;
}

}  // namespace latchkey
