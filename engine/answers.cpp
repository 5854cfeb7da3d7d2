#include "engine/answers.h"
