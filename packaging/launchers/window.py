"""The program behind the double click: opens the window, on the folders it is given."""

import sys

from album.pictures.worker import serve_if_asked

if __name__ == "__main__":
    serve_if_asked(sys.argv[1:])  # a process that decodes risky files never loads the window
    from album_ui.__main__ import main

    sys.exit(main())
