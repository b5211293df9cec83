"""Music sources and music files; all sound is made here."""
