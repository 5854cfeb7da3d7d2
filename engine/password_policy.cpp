#include "engine/password_policy.h"
