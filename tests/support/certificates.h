#pragma once

#include <string>

namespace latchkey {

/// Throw-away certificates for tests, made once per test program by the openssl command in a folder
/// of its own that goes when the program ends. All paths are PEM files.
struct Certificates {
    struct Pair {
        std::string certificate;
        std::string key;
    };
    std::string authority;  // signed the first two
    Pair server;            // for localhost and 127.0.0.1
    Pair elsewhere;         // for elsewhere.test
    Pair stranger;          // for localhost, signed by nobody known
};

const Certificates& certificates();

}  // namespace latchkey
