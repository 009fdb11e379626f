"""Simulation: the same graph, clock and instruments as life, thousands of times faster; it stands above both wings."""
