"""What a text or a file is recognised as, and that nothing is guessed."""
