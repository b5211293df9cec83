"""What is told to other tools: OpenLineage events and W3C PROV, derived from committed rows alone.

Belongs here: reading rows in the order they came, turning them into each format, sending. Nothing is written down
twice: every export can be made again from the tables, and gives the same bytes.
"""
