"""Rendering: the only place that starts ffmpeg, and the only place that knows how a video is put together."""
