set(verifications_tests
  authenticator_fixture.cpp authenticator_test.cpp recovery_codes_fixture.cpp recovery_codes_test.cpp
  contract_decoy_test.cpp contract_enrollment_test.cpp contract_test.cpp
  email_code_enrollment_test.cpp email_code_fixture.cpp email_code_test.cpp
  phone_number_test.cpp sms_code_fixture.cpp sms_code_test.cpp
  personal_data_fixture.cpp personal_data_test.cpp
  security_questions_fixture.cpp security_questions_test.cpp
  soft_pin_fixture.cpp soft_pin_test.cpp)
