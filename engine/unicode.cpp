#include "engine/unicode.h"
