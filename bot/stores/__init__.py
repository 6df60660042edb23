"""Where the server keeps what must be shared or must last: the database, and Redis when there are several workers."""
