#include "engine/sign_in.h"
