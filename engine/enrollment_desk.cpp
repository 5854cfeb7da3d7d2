#include "engine/enrollment_desk.h"
