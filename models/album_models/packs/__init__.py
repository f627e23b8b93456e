"""Optional packs: networks that other people trained, run on our photos, their classes as our tags."""
