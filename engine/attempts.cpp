#include "engine/attempts.h"
