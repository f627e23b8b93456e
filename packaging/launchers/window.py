"""The program behind the double click: opens the window, on the folders it is given."""

import multiprocessing
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()  # the processes that decode risky files end here
    from album_ui.__main__ import main

    sys.exit(main())
