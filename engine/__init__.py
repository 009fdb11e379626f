"""Pure rules: time, graph, decisions and judgement. No file, no network, no clock, no chance, no log."""
