#include "db/sql/make_database.h"

#include "db/postgres/postgres_database.h"
#include "db/sqlite/sqlite_database.h"

#include <stdexcept>

namespace latchkey {

std::unique_ptr<Database> make_database(const std::string& url,
                                        const std::filesystem::path& base_folder) {
    constexpr std::string_view kSqlite = "sqlite:";
    if (url.starts_with(kSqlite) && url.size() > kSqlite.size())
        return make_sqlite_database(base_folder / url.substr(kSqlite.size()));
    if (url.starts_with("postgresql://") || url.starts_with("postgres://"))
        return make_postgres_database(url);
    throw std::invalid_argument(
        "the database's url must be \"sqlite:\" and a file, or begin with \"postgresql://\"");
}

}  // namespace latchkey
