set(engine_tests
  answers_test.cpp assurance_test.cpp attempts_test.cpp crypto_test.cpp json_test.cpp process_test.cpp
  prompt_test.cpp random_test.cpp registry_test.cpp settings_test.cpp time_test.cpp unicode_test.cpp)
