set(journeys_tests
  equal_work_test.cpp
  random_walk_test.cpp
  ../support/child_process.cpp
  ../support/postgres_server.cpp
  ../support/temporary_folder.cpp
  ../support/test_database.cpp)
