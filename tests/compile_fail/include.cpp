// Compiled once per case of CMakeLists.txt, with the header to include.
#include LATCHKEY_INCLUDE
