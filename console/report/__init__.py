"""The report: one self-contained page about a log or a store, for those who answer for it and those it speaks of."""
