"""Model packs: which are built in, which can be had, which are installed and used."""

from album.analysis.packs.choice import BASIC, chosen_packs, names_of, with_choice
from album.analysis.packs.pack import (
    Capability,
    NetworkSpec,
    Pack,
    PackFile,
    digest,
    find_fault,
    find_faults,
    manifest_text,
    read_manifest,
)
from album.analysis.packs.shelf import (
    GROUPS,
    PackNetworks,
    Shelf,
    Shelved,
    built_in_packs,
    offered_packs,
    pack_networks,
)

__all__ = [
    "BASIC",
    "GROUPS",
    "Capability",
    "NetworkSpec",
    "Pack",
    "PackFile",
    "PackNetworks",
    "Shelf",
    "Shelved",
    "built_in_packs",
    "chosen_packs",
    "digest",
    "find_fault",
    "find_faults",
    "manifest_text",
    "names_of",
    "offered_packs",
    "pack_networks",
    "read_manifest",
    "with_choice",
]
