#include "engine/subject.h"
