set(db_tests)
