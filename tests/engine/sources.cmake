set(engine_tests
  crypto_test.cpp json_test.cpp random_test.cpp time_test.cpp unicode_test.cpp)
