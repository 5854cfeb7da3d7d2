set(engine_tests)
