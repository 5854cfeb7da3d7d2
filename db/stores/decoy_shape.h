#pragma once

#include "db/sql/database.h"
#include "engine/subject.h"

#include <string>
#include <string_view>

namespace latchkey {

/// What of one person's address shows on a page that masks it.
struct MailShape {
    std::string domain;  // canonical; empty: no address
    bool begins_like_name = false;
};

MailShape mail_shape_of(std::string_view user_name, std::string_view email);

/// The shape that decoys have, as all programs on this database know it. Takes a new one if there
/// is none or the number of people has doubled or halved since.
DecoyShape current_decoy_shape(Database& database);

}  // namespace latchkey
