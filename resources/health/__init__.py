"""What is healthy and what is not: probes, what they read, and watching them all within a bounded time.

One interface (`readings.Probe`), one file per part that is probed; `watching.Watcher` runs them side by side. Nothing
here changes anything but a scratch file that is gone again. How it is told: `console/`.
"""
