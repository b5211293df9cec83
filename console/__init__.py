"""What people touch: the command line. It asks the parts below and prints what they answer; it decides nothing."""
