#include "engine/prompt.h"
