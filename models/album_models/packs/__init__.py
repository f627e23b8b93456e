"""Optional packs: networks of other people, run on our photos, their classes as our tags."""
