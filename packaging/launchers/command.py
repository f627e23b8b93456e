"""The `album` command of the packaged program."""

import sys

from album.pictures.worker import serve_if_asked

if __name__ == "__main__":
    serve_if_asked(sys.argv[1:])
    from album.cli.main import main

    main()
