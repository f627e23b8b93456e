"""Whether the machine runs on its battery."""

from pathlib import Path

SUPPLIES = Path("/sys/class/power_supply")


def on_battery(supplies: Path = SUPPLIES) -> bool:
    """Whether a battery is being emptied and no mains is there; False where nobody can tell."""
    mains = discharging = False
    try:
        for supply in sorted(supplies.iterdir()):
            kind = _read(supply / "type")
            if kind in {"Mains", "USB", "Wireless"}:
                mains = mains or _read(supply / "online") == "1"
            elif kind == "Battery" and _read(supply / "scope") != "Device":
                discharging = discharging or _read(supply / "status") == "Discharging"
    except OSError:
        return False
    return discharging and not mains


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
