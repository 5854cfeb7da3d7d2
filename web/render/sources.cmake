set(render_sources)
