"""Pictures that pages show, made on the server: the graph of a lineage, charts of numbers over time.

Belongs here: geometry and the words in a picture, as plain values; templates write the SVG, so that every text in it is
escaped like any other. Not here: reading the database, routes, colours (`../static`).
"""
