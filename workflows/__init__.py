"""Carry one thing through: read, decide, append, project; and Prefect's faces."""
