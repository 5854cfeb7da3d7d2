set(outbound_sources)
