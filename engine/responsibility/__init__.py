"""Whose time it was and where conduct looks like avoidance: attribution, signals, waiting, scorecards. Pure."""
