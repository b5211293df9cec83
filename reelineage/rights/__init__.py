"""What a video owes to others: works to credit and their licences, and what has to be disclosed about its making."""
