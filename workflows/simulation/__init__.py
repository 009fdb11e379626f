"""Simulating: replications, comparisons, staffing, logs of simulated life."""
