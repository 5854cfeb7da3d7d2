set(server_sources)
