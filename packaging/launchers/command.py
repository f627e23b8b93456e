"""The `album` command of the packaged program."""

import multiprocessing

from album.cli.main import main

if __name__ == "__main__":
    multiprocessing.freeze_support()
    main()
