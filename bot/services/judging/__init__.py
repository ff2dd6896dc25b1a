"""Papers are judged, within a budget."""
