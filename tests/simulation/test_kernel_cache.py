"""What was compiled from other sources is thrown away."""

from pathlib import Path

from engine.simulation.kernel import run
from workflows.simulation import kernel_cache


def test_code_of_other_sources_is_thrown_away_once(monkeypatch, tmp_path):
    class Stats:
        cache_path = str(tmp_path)

    class Kernel:
        stats = Stats()

    assert Path(run.stats.cache_path).name  # numba tells where it keeps what it compiled
    monkeypatch.setattr("engine.simulation.kernel.run", Kernel())
    for name in ("acts.x.nbi", "acts.x.1.nbc", "other.txt"):
        (tmp_path / name).write_text("old", encoding="ascii")
    assert not kernel_cache.fresh_kernel()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.txt", "sources.sha256"]
    (tmp_path / "acts.x.nbi").write_text("new", encoding="ascii")
    assert kernel_cache.fresh_kernel()
    assert (tmp_path / "acts.x.nbi").exists()
