"""The sidebar: what the library holds, with live counts."""
