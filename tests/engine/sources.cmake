set(engine_tests
  activity_test.cpp answers_test.cpp assurance_test.cpp attempts_test.cpp campaign_test.cpp crypto_test.cpp
  definitions_property_test.cpp definitions_test.cpp enrollment_test.cpp factors_test.cpp json_test.cpp mail_address_test.cpp
  password_policy_test.cpp process_test.cpp prompt_test.cpp random_test.cpp registry_test.cpp reset_request_model_test.cpp
  reset_request_test.cpp settings_test.cpp subject_test.cpp time_test.cpp unicode_test.cpp)
