"""The console in a real Chromium: what people see, click, type and hear of it."""
