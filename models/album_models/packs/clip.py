"""CLIP: pictures and texts in one space; the vision transformer and its text encoder.

After Radford et al., "Learning Transferable Visual Models From Natural Language Supervision"
(2021). Sizes are read off the tensors, whose names are those of OpenCLIP; TinyCLIP's own prefixes
are taken off.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from album.errors import PackProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEAD_WIDTH: Final = 64
_PREFIXES: Final = ("_image_encoder.", "_text_encoder.", "_logit_scale.")
_NOT_WEIGHTS: Final = ("attn_mask", "input_resolution", "context_length", "vocab_size")


@dataclass(frozen=True, slots=True)
class ClipShape:
    """Sizes of a network.

    Attributes:
        width, layers, patch_px, side_px: of the vision transformer.
        text_width, text_layers, context, vocabulary: of the text encoder.
        joint: numbers of an embedding.
    """

    width: int
    layers: int
    patch_px: int
    side_px: int
    text_width: int
    text_layers: int
    context: int
    vocabulary: int
    joint: int


def plainly_named(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors under the names that OpenCLIP gives them, full precision."""
    found = {}
    for name, tensor in tensors.items():
        plain = name.replace("module.", "")
        for prefix in _PREFIXES:
            plain = plain.removeprefix(prefix)
        if plain not in _NOT_WEIGHTS:
            found[plain] = tensor.float()
    return found


def shape_of(tensors: Mapping[str, Tensor]) -> ClipShape:
    """The sizes of the network that these tensors are of; PackProblem."""
    try:
        width, _, patch_px, _ = tensors["visual.conv1.weight"].shape
        cells, _ = tensors["visual.positional_embedding"].shape
        vocabulary, text_width = tensors["token_embedding.weight"].shape
        context, _ = tensors["positional_embedding"].shape
        _, joint = tensors["text_projection"].shape
    except (KeyError, ValueError) as error:
        raise PackProblem(
            f"This is no CLIP network with a vision transformer: {error}.",
        ) from error
    return ClipShape(
        width,
        _layers(tensors, "visual.transformer."),
        patch_px,
        round((cells - 1) ** 0.5) * patch_px,
        text_width,
        _layers(tensors, "transformer."),
        context,
        vocabulary,
        joint,
    )


def _layers(tensors: Mapping[str, Tensor], prefix: str) -> int:
    heads = f"{prefix}resblocks."
    return len({one.split(".")[heads.count(".")] for one in tensors if one.startswith(heads)})


class QuickGelu(nn.Module):
    """The approximation of GELU that OpenAI's networks were trained with."""

    def forward(self, values: Tensor) -> Tensor:
        """Elementwise."""
        return values * torch.sigmoid(1.702 * values)


class Block(nn.Module):
    """Attention and two layers, each beside a shortcut."""

    def __init__(self, width: int, *, quick: bool) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(width)
        self.attn = nn.MultiheadAttention(width, width // _HEAD_WIDTH or 1, batch_first=True)
        self.ln_2 = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            OrderedDict(
                c_fc=nn.Linear(width, 4 * width),
                gelu=QuickGelu() if quick else nn.GELU(),
                c_proj=nn.Linear(4 * width, width),
            )
        )

    def forward(self, values: Tensor, mask: Tensor | None) -> Tensor:
        """(N, length, width) to the same."""
        seen = self.ln_1(values)
        values = values + self.attn(seen, seen, seen, need_weights=False, attn_mask=mask)[0]
        answer: Tensor = values + self.mlp(self.ln_2(values))
        return answer


class Transformer(nn.Module):
    """Blocks in a row."""

    def __init__(self, width: int, layers: int, *, quick: bool) -> None:
        super().__init__()
        self.resblocks = nn.ModuleList(Block(width, quick=quick) for _ in range(layers))

    def forward(self, values: Tensor, mask: Tensor | None = None) -> Tensor:
        """(N, length, width) to the same."""
        for block in self.resblocks:
            values = block(values, mask)
        return values


class Vision(nn.Module):
    """The picture in patches, one embedding for all of it."""

    def __init__(self, shape: ClipShape, *, quick: bool) -> None:
        super().__init__()
        width, cells = shape.width, (shape.side_px // shape.patch_px) ** 2
        self.conv1 = nn.Conv2d(3, width, shape.patch_px, shape.patch_px, bias=False)
        self.class_embedding = nn.Parameter(torch.zeros(width))
        self.positional_embedding = nn.Parameter(torch.zeros(cells + 1, width))
        self.ln_pre = nn.LayerNorm(width)
        self.transformer = Transformer(width, shape.layers, quick=quick)
        self.ln_post = nn.LayerNorm(width)
        self.proj = nn.Parameter(torch.zeros(width, shape.joint))

    def forward(self, pictures: Tensor) -> Tensor:
        """(N, 3, side, side), normalised, to (N, joint)."""
        patches = self.conv1(pictures).flatten(2).transpose(1, 2)
        first = self.class_embedding.expand(len(patches), 1, -1)
        values = torch.cat((first, patches), dim=1) + self.positional_embedding
        answer: Tensor = self.ln_post(self.transformer(self.ln_pre(values))[:, 0]) @ self.proj
        return answer


class Clip(nn.Module):
    """Both encoders.

    Args:
        shape: its sizes.
        quick: whether it was trained with QuickGelu, as OpenAI's were.
    """

    def __init__(self, shape: ClipShape, *, quick: bool) -> None:
        super().__init__()
        self.shape = shape
        self.visual = Vision(shape, quick=quick)
        self.token_embedding = nn.Embedding(shape.vocabulary, shape.text_width)
        self.positional_embedding = nn.Parameter(torch.zeros(shape.context, shape.text_width))
        self.transformer = Transformer(shape.text_width, shape.text_layers, quick=quick)
        self.ln_final = nn.LayerNorm(shape.text_width)
        self.text_projection = nn.Parameter(torch.zeros(shape.text_width, shape.joint))
        self.logit_scale = nn.Parameter(torch.zeros(()))

    def pictures(self, pictures: Tensor) -> Tensor:
        """(N, 3, side, side), normalised, to unit vectors, (N, joint)."""
        return functional.normalize(self.visual(pictures).float(), dim=1)

    def texts(self, numbers: Tensor) -> Tensor:
        """(N, context) numbers of pieces to unit vectors, (N, joint); the last piece is highest."""
        values = self.token_embedding(numbers) + self.positional_embedding
        length = numbers.shape[1]
        ahead = torch.full((length, length), float("-inf"), device=values.device).triu_(1)
        values = self.ln_final(self.transformer(values, ahead.to(values.dtype)))
        last = values[torch.arange(len(values)), numbers.argmax(dim=1)]
        return functional.normalize(last @ self.text_projection, dim=1)
