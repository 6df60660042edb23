"""Charts as PNG pictures, for channels that cannot draw them; `cache.picture(chart)` is the way in."""
