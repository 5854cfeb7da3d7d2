#include "db/crypto/sealer.h"

#include "db/crypto/encoding.h"

namespace latchkey {
namespace {

std::string context(const Place& place) {
    return joined({place.table, place.column, place.row});
}

}  // namespace

std::string Sealer::seal(const Place& place, std::string_view plain) const {
    return box_.seal(context(place), plain);
}

std::string Sealer::open(const Place& place, std::string_view sealed) const {
    if (auto plain = box_.open(context(place), sealed)) return std::move(*plain);
    throw BrokenSeal("a sealed value does not open: " + std::string(place.table) + "." +
                     std::string(place.column) + " of row " + std::string(place.row));
}

}  // namespace latchkey
