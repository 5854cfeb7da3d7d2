#include "engine/enrollment.h"
