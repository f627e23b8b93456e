"""`recognise`: what is in pictures, without any library."""

COMMANDS = ()
