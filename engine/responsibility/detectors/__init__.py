"""The detectors, a module for each idea; importing this package registers them all."""
