"""The layouts of published files, one module each: `fits` knows one by its header, `read` gives its figures."""
