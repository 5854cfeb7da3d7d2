#include "db/sql/database.h"
