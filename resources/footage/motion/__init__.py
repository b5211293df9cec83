"""How motion graphics are drawn: colours, type, backgrounds, layouts, and the frames of one scene.

The modules here import skia and av at their top (all but `fonts`), which costs 0.2 CPU-seconds: whoever draws imports
them inside a function. Not here: the encoder, and anything about files.
"""
