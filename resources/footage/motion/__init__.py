"""How motion graphics are drawn: colours, type, backgrounds, layouts, and the frames of one scene.

The modules here import skia and av at their top, which costs 0.2 CPU-seconds: only `motion_graphics.film` imports them,
and only while it films. Not here: the encoder, and anything about files.
"""
