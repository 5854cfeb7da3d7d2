set(journeys_tests)
