"""How tests of time are drawn: no deadline an example, for the first one may compile."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

settings.register_profile(
    "motcua", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
settings.load_profile("motcua")
