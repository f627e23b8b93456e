"""The entry point of the `album` command, and how it ends."""

import os
import sys

import click

from album import __version__
from album.cli import (
    browsing,
    cutting,
    folders,
    indexing,
    looking,
    models,
    tagging,
    teaching,
    upkeep,
    window,
)
from album.cli.options import Exit, device_option, library_option
from album.cli.output import fail, make_streams_safe, note, printable
from album.directories import log_directory
from album.errors import AlbumError, FileProblem, Interrupted, QueryProblem, in_words
from album.log import kept_log


class Album(click.Group):
    """All commands; turns every way of ending into an exit code and one plain message."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which people meet them."""
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> None:
        """Run the command and leave with its exit code."""
        make_streams_safe()
        with kept_log(log_directory()):
            code = self._outcome(ctx)
        ctx.exit(code)

    def _outcome(self, context: click.Context) -> int:
        try:
            code = super().invoke(context)
            sys.stdout.flush()
        except (KeyboardInterrupt, Interrupted):
            note("stopped; what was done so far is kept.")
            return Exit.INTERRUPTED
        except BrokenPipeError:
            _silence_stdout()
            return Exit.DONE
        except QueryProblem as error:
            note(printable(str(error)))
            return Exit.WRONG_COMMAND_LINE
        except FileProblem as error:
            fail(error.path, str(error))
            return Exit.SOME_FAILED
        except AlbumError as error:
            note(printable(str(error)))
            return Exit.ENVIRONMENT
        except OSError as error:
            note(_said(error))
            return Exit.ENVIRONMENT
        return code if isinstance(code, int) else Exit.DONE


def _said(error: OSError) -> str:
    """What the system complained of, with the file it was about."""
    about = f"{printable(os.fsdecode(error.filename))}: " if error.filename else ""
    return f"{about}{in_words(error)}."


def _silence_stdout() -> None:
    """Whoever read the answer has gone: let the interpreter's last flush go nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=Album, invoke_without_command=True)
@library_option
@device_option
@click.version_option(__version__, prog_name="albumen", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context) -> int | None:
    """Albumen: a photo album that sees what is in your pictures.

    Without a command it opens the window.

    Exit codes: 0 done; 1 done, but some files failed (named on stderr); 2 wrong command line;
    3 the environment is in the way (no such folder, disk full, library locked).
    """
    if context.invoked_subcommand is not None:
        return None
    code: int = context.invoke(window.gui)
    return code


_MODULES = (
    window, folders, indexing, browsing, tagging, teaching, looking, cutting, upkeep, models,
)  # fmt: skip
for _module in _MODULES:
    for _command in _module.COMMANDS:
        main.add_command(_command)
