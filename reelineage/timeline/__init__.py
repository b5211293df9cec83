"""When what is heard: the readings of caption words, and the voice track with its frame-exact scenes."""
