"""`python -m album` is the `album` command."""

from album.cli.main import main

if __name__ == "__main__":
    main(prog_name="album")
