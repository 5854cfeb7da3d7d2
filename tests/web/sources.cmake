set(web_tests)
