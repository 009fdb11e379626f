"""Scenarios: what a simulation is told, as files: their format, their faults, their arrivals, the model they become."""
