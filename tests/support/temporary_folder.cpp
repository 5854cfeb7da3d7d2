#include "tests/support/temporary_folder.h"

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <system_error>

namespace latchkey {

TemporaryFolder::TemporaryFolder() {
    std::string path = std::filesystem::temp_directory_path() / "latchkey-XXXXXX";
    if (!::mkdtemp(path.data())) throw std::runtime_error("no temporary folder");
    path_ = path;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace latchkey
