"""The `album` command of the packaged program."""

import multiprocessing

if __name__ == "__main__":
    multiprocessing.freeze_support()  # the processes that decode risky files end here
    from album.cli.main import main

    main()
