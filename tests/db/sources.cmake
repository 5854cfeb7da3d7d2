set(db_tests
  database_test.cpp
  group_commit_test.cpp
  migrator_test.cpp
  ../support/postgres_server.cpp
  ../support/temporary_folder.cpp
  ../support/test_database.cpp)
