"""The program behind the double click: opens the window, on the folders it is given."""

import multiprocessing
import sys

from album_ui.__main__ import main

if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(main())
