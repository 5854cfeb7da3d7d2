#include "engine/process.h"
