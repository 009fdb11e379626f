"""The casebook of a simulation, for those who know it by this name; see `engine.simulation.book`."""

from engine.simulation.book import casebook_of

__all__ = ["casebook_of"]
