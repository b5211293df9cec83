"""Speech synthesizers and their parts."""
