"""What happened: tables, the append-only log, its views and the exchange formats."""
