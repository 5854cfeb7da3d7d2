#include "engine/reset_request.h"
