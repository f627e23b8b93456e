"""The `album` command: everything the library can do, for terminals, scripts and servers.

Modules are cheap to import: what costs time (numpy, the library, networks) is imported by the
command that needs it, so `album --help` answers at once.
"""
