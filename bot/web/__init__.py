"""What the web channel (bot/channels/web.py) is made of: ids, origins, limits, documents, records, the widget's files."""
