"""Public services asked at the moment of a question: postcodes.io (where a postcode is) and data.police.uk (its team).

```
 caller -> PostcodesClient, PoliceClient -> Cache -> Fetcher -> Limiter -> the service
           postcodes_io.py, police_uk.py   cache.py  http.py   limiter.py
```

`clients.open_sources()` makes the clients. Every method takes a `deadline` in seconds that bounds all it does, and raises
only SourceError or PostcodeError of bot/errors.py. What a service sends is never trusted: `text.py` and `contacts.py` make
it plain before anything is kept or shown. A postcode is kept only as a keyed hash, and is never logged.
"""
