"""Words as CLIP reads them: byte pairs, merged in the order of its vocabulary file.

After Sennrich, Haddow and Birch, "Neural Machine Translation of Rare Words with Subword Units"
(2016), over bytes, with a mark at the end of each word.
"""

from __future__ import annotations

import gzip
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np

from album.errors import PackProblem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_PARTS = re.compile(r"'(?:s|t|re|ve|m|ll|d)|[^\W\d_]+|\d|(?:[^\s\w]|_)+")
_END: Final = "</w>"
_MERGES: Final = 49152 - 256 - 2
"""The file has more; CLIP was trained with so many."""


class Tokenizer:
    """Turns texts into the numbers of their pieces.

    Args:
        path: the vocabulary file (`bpe_simple_vocab_16e6.txt.gz`), a line for each merge.

    PackProblem when it is no such file.
    """

    def __init__(self, path: Path) -> None:
        try:
            lines = gzip.decompress(path.read_bytes()).decode("utf-8").split("\n")[1:]
        except (OSError, ValueError, EOFError) as error:
            raise PackProblem(f"{path.name} is no vocabulary: {error}.") from error
        merges = [(first, second) for first, _, second in (one.partition(" ") for one in lines)]
        merges = [pair for pair in merges if all(pair)][:_MERGES]
        self._letters = _byte_letters()
        letters = sorted(self._letters.values())
        pieces = [*letters, *(one + _END for one in letters), *map("".join, merges)]
        self._numbers = {piece: number for number, piece in enumerate(pieces)}
        self._ranks = {pair: rank for rank, pair in enumerate(merges)}
        self.begin, self.end = len(pieces), len(pieces) + 1

    def __len__(self) -> int:
        """How many pieces there are, the marks of begin and end included."""
        return self.end + 1

    def encode(self, texts: Sequence[str], length: int) -> NDArray[np.int64]:
        """(texts, length) numbers, zero after the end; longer texts are cut."""
        rows = np.zeros((len(texts), length), np.int64)
        for row, text in zip(rows, texts, strict=True):
            found = [self.begin, *self._pieces(text)[: length - 2], self.end]
            row[: len(found)] = found
        return rows

    def _pieces(self, text: str) -> list[int]:
        return [
            self._numbers[piece]
            for word in _PARTS.findall(" ".join(text.lower().split()))
            for piece in self._merged([self._letters[byte] for byte in word.encode("utf-8")])
        ]

    def _merged(self, letters: list[str]) -> list[str]:
        """The letters of a word, the earliest merge of the vocabulary first."""
        parts = [*letters[:-1], letters[-1] + _END]
        while len(parts) > 1:
            ranks = [self._ranks.get(pair, len(self._ranks)) for pair in pairwise(parts)]
            best = min(ranks)
            if best == len(self._ranks):
                break
            at = ranks.index(best)
            parts[at : at + 2] = [parts[at] + parts[at + 1]]
        return parts


def _byte_letters() -> dict[int, str]:
    """A printable letter for each byte: itself where it has one, else one from 256 on."""
    plain = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in set(plain)]
    return {byte: chr(byte) for byte in plain} | {
        byte: chr(256 + place) for place, byte in enumerate(others)
    }
