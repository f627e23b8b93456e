"""What leaves Albumen for other programs: cut-outs, later sidecars and lists."""
