"""Who can help: which services fit a request at this hour, and how they are shown."""
