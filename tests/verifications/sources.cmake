set(verifications_tests)
