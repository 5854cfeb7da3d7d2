#include "engine/conductor.h"
