#include "engine/activity.h"
