"""One module a command group; each builds a `typer.Typer` and imports its heavy parts inside the functions."""
