"""What a user can do about a file that Albumen cannot read."""

from typing import Final

ANEW: Final = "Copy it again from where it came, or restore it from a backup."
CONVERT: Final = "If it is a picture, open it in the program that made it and save it as JPEG."
SMALLER: Final = "Make it smaller in another program, then try again."
SAVE_ANEW: Final = "Open it in another program and save it anew, smaller if need be."
PERMISSIONS: Final = "Check its permissions."
BACK: Final = "Plug in its drive, or put it back where it was."
DRIVE: Final = "Check the drive and its cable, then try again."
LINK: Final = "Remove the link, or put back what it leads to."
RENAME: Final = "Give it another name, then try again."
NO_PICTURE: Final = "Nothing need be done: it is no picture."
RETURN: Final = "It is listed no more once its folder was looked through again."
REPORT: Final = "Please report it; the log says more. Another program may still open it."
REST: Final = "It is tried again when it has come to rest."
"""Nothing has to be done."""
