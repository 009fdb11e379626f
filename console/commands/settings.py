"""`motcua settings`: what this installation has chosen, and where each value comes from."""

from __future__ import annotations

import typer

from console.output import Column, CsvFlag, JsonFlag, write_rows

app = typer.Typer()


@app.command("settings")
def show(*, as_json: JsonFlag = False, as_csv: CsvFlag = False) -> None:
    """Print every setting with its value and origin; passwords are masked.

    Settings come from variables MOTCUA_… and from motcua.toml; the variables win.
    """
    from console.settings import Settings, masked, origins, settings

    chosen, origin = settings(), origins()
    rows = [
        {
            "setting": name,
            "value": masked(name, getattr(chosen, name)),
            "origin": origin[name],
            "meaning": field.description,
        }
        for name, field in Settings.model_fields.items()
    ]
    columns = [Column(key, key) for key in ("setting", "value", "origin", "meaning")]
    write_rows(rows, columns, as_json=as_json, as_csv=as_csv)
