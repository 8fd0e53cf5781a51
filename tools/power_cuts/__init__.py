"""Kills station processes at random moments and at commits, and checks what they have kept.

`python -m tools.power_cuts --kills 1000` prints the figures of docs/reliability.md.
"""
