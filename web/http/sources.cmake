set(http_sources http/message.cpp)
