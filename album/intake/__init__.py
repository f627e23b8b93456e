"""From folders to photos: scan, watch, reconcile, examine."""
