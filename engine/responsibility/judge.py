"""From occurrences to signals: how sure one can be, against whom it is compared, and what speaks against it.

An act that a text forbids is a signal by itself: the facts are there. Conduct that only a pattern shows is one when an
agency does it more often than its peers by more than chance explains: enough opportunities, a Wilson bound above the
peers' rate, a posterior (empirical Bayes, beta-binomial) that says so, more than the peers' own spread, and a share of
false alarms kept low over all agencies that a signal compares (Benjamini and Hochberg 1995). Occurrences that
counter-evidence clears count as chances only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from engine.casebook import Casebook
from engine.errors import InputError
from engine.responsibility.load import counter_evidence
from engine.responsibility.signal import DETECTORS, HITS, Found, Level, Severity, SignalRule

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """When a pattern is raised; see ``procedures/judging.yaml`` for where each number comes from.

    Attributes:
        chances: fewest opportunities of an agency.
        hits: fewest occurrences.
        ratio: the shrunken rate is at least so many times the peers' rate.
        confidence: least posterior chance that the agency's rate exceeds the peers'.
        false_alarms: highest expected share of false alarms among those a signal raises (Benjamini-Hochberg).
        z: of the Wilson bounds (two-sided).
    """

    chances: int = 20
    hits: int = 5
    ratio: float = 1.5
    confidence: float = 0.95
    false_alarms: float = 0.05
    z: float = 1.96


_OCCURRENCES: Final[dict[str, type[pl.DataType] | pl.DataType]] = {"code": pl.String, **HITS}
OCCURRENCES: Final = pl.Schema(_OCCURRENCES)
"""`engine.responsibility.signal.HITS` with the code of the signal; `counter_evidence` adds its columns behind."""

_RATES: Final[dict[str, type[pl.DataType] | pl.DataType]] = {
    "code": pl.String,
    "agency": pl.String,
    "hits": pl.Int64,
    "excused": pl.Int64,
    "chances": pl.Int64,
    "rate": pl.Float64,
    "low": pl.Float64,
    "high": pl.Float64,
    "peers": pl.Int64,
    "peers_rate": pl.Float64,
    "shrunken": pl.Float64,
    "confidence": pl.Float64,
    "p": pl.Float64,
    "q": pl.Float64,
    "is_raised": pl.Boolean,
    "why_not": pl.String,
}
RATES: Final = pl.Schema(_RATES)
"""One row an agency and signal. ``low`` and ``high`` are Wilson bounds of ``rate`` = ``hits`` / ``chances``.

``peers`` is how many other agencies of its kind had chances, ``peers_rate`` their pooled rate; ``shrunken`` the mean of
the posterior, ``confidence`` its mass above the peers' rate; ``p`` the chance of so many hits at the peers' rate, or
of standing so far from them given how far they lie apart, whichever is larger; ``q`` the same corrected for all
comparisons of its signal. ``why_not`` says what kept a pattern from being raised: ``few_chances``,
``few_hits``, ``no_peers``, ``like_peers``, ``chance``.
"""

_SIGNALS: Final[dict[str, type[pl.DataType] | pl.DataType]] = {
    "key": pl.String,
    "code": pl.String,
    "level": pl.String,
    "severity": pl.String,
    "agency": pl.String,
    "nr": pl.UInt32,
    "dossier": pl.String,
    "dossier_id": pl.String,
    "hold": pl.UInt32,
    "officer": pl.String,
    "at": HITS["at"],
    "measure": pl.Float64,
    "detail": pl.String,
    "occurrences": pl.Int64,
    "confidence": pl.Float64,
    "counter": pl.String,
}
SIGNALS: Final = pl.Schema(_SIGNALS)
"""One row a signal, gravest first.

``key`` identifies it: the same conduct judged again has the same key. ``nr``, ``dossier``, ``dossier_id`` and ``hold``
are null for agency-level signals, ``occurrences`` is how many rows of `Judgement.occurrences` it rests on;
``confidence`` 1 where recorded facts show a forbidden act, else the posterior; ``counter`` names counter-evidence found
(``overload``, ``absence``), which lowers the severity by one degree. ``officer`` is for internal use only.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """All signals of a casebook with everything they rest on.

    ``not_judged`` maps the code of a rule to what the source does not tell; ``figures`` to further figures.
    """

    rules: Mapping[str, SignalRule]
    signals: pl.DataFrame
    rates: pl.DataFrame
    occurrences: pl.DataFrame
    not_judged: Mapping[str, tuple[str, ...]]
    figures: Mapping[str, Mapping[str, float | int]] = field(default_factory=dict)


def judge(
    book: Casebook,
    rules: Mapping[str, SignalRule],
    *,
    codes: Sequence[str] = (),
    bars: Bars | None = None,
) -> Judgement:
    """Return the signals of a casebook.

    Args:
        book: live dossiers or a foreign log.
        rules: by code, with their parameters; those of the casebook's mapping replace them.
        codes: only these; empty means all. Whoever is raised by one is raised whatever others are judged.
        bars: when a pattern is raised.

    Raises:
        InputError: the casebook has values for a signal or parameter that does not exist, or of another kind.
    """
    import engine.responsibility.detectors  # noqa: F401  registers them

    book = book.with_acts()
    chosen = {code: rule for code, rule in rules.items() if (not codes or code in codes) and code in DETECTORS}
    for code, values in book.parameters.items():
        if code not in rules:
            raise InputError(f"parameters: there is no signal {code!r}; there are {', '.join(rules)}")
        if code in chosen:
            chosen[code] = chosen[code].with_parameters(values, "the mapping")
    missing = {code: tuple(sorted(rule.needs - book.tells)) for code, rule in chosen.items()}
    judged = {code: rule for code, rule in chosen.items() if not missing[code]}
    results = {code: DETECTORS[code](book, rule) for code, rule in judged.items()}
    occurrences = _occurrences(book, judged, results)
    rates = _rates(book, judged, results, occurrences, bars or Bars())
    return Judgement(
        rules=chosen,
        signals=_signals(book, judged, occurrences, rates),
        rates=rates,
        occurrences=occurrences,
        not_judged={code: lacking for code, lacking in missing.items() if lacking},
        figures={code: result.figures for code, result in results.items() if result.figures},
    )


def wilson(hits: Floats, chances: Floats, z: float = 1.96) -> tuple[Floats, Floats]:
    """Return the Wilson score bounds of a rate (E. B. Wilson 1927); 0 and 1 where there was no chance.

    Example:
        >>> low, high = wilson(np.array([2.0]), np.array([10.0]))
        >>> f"{low[0]:.3f} {high[0]:.3f}"
        '0.057 0.510'
    """
    n = np.maximum(chances, 1.0)
    p = hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    none = chances <= 0
    low, high = np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)
    return np.where(none | (hits <= 0), 0.0, low), np.where(none | (hits >= chances), 1.0, high)


def benjamini_hochberg(p: Floats) -> Floats:
    """Return p-values corrected for many comparisons, so that ``q <= a`` keeps the share of false alarms below ``a``.

    Example:
        >>> [round(float(q), 3) for q in benjamini_hochberg(np.array([0.01, 0.04, 0.03, 0.5]))]
        [0.04, 0.053, 0.053, 0.5]
    """
    count = p.size
    if not count:
        return p.astype(np.float64)
    order = np.argsort(p)
    scaled = p[order] * count / np.arange(1, count + 1)
    lowest = np.minimum.accumulate(scaled[::-1])[::-1]
    corrected = np.empty(count, dtype=np.float64)
    corrected[order] = np.minimum(lowest, 1.0)
    return corrected


def _occurrences(book: Casebook, rules: Mapping[str, SignalRule], results: Mapping[str, Found]) -> pl.DataFrame:
    parts = [
        result.hits.select(pl.lit(code).alias("code"), pl.all())
        for code, result in results.items()
        if result.hits.height
    ]
    found = pl.concat(parts) if parts else pl.DataFrame(schema=OCCURRENCES)
    found = counter_evidence(book, _untold(book, found))
    # What an overloaded or absent agency did not do is no conduct; what a text forbids stays what it is.
    patterns = [code for code, rule in rules.items() if rule.level is Level.AGENCY]
    is_open = pl.col("excused").is_null() & pl.col("code").is_in(patterns)
    return found.with_columns(
        pl.when(is_open & pl.col("is_absent"))
        .then(pl.lit("absence"))
        .when(is_open & pl.col("is_overloaded"))
        .then(pl.lit("overload"))
        .otherwise(pl.col("excused"))
        .alias("excused")
    )


def _untold(book: Casebook, found: pl.DataFrame) -> pl.DataFrame:
    """Clear what lies before a dossier was taken over: its register does not tell whether anybody acted."""
    taken_over = book.dossiers.select("nr", "known_from").drop_nulls()
    if taken_over.is_empty() or found.is_empty():
        return found
    found = found.join(taken_over, on="nr", how="left", maintain_order="left")
    is_before = (pl.col("at") < pl.col("known_from")).fill_null(value=False)
    excused = pl.when(is_before & pl.col("excused").is_null()).then(pl.lit("untold")).otherwise(pl.col("excused"))
    return found.with_columns(excused.alias("excused")).drop("known_from")


def _rates(
    book: Casebook,
    rules: Mapping[str, SignalRule],
    results: Mapping[str, Found],
    occurrences: pl.DataFrame,
    bars: Bars,
) -> pl.DataFrame:
    counts = (
        occurrences.drop_nulls("agency")
        .group_by("code", "agency")
        .agg(pl.col("excused").is_null().sum().alias("hits"), pl.col("excused").is_not_null().sum().alias("excused"))
    )
    chances = [result.chances.with_columns(pl.lit(code).alias("code")) for code, result in results.items()]
    if not chances:
        return pl.DataFrame(schema=RATES)
    outside = list(book.outsiders)
    frame = (
        pl.concat(chances)
        .filter(~pl.col("agency").is_in(outside))
        .join(counts, on=["code", "agency"], how="left")
        .with_columns(pl.col("hits", "excused").fill_null(0).cast(pl.Int64))
        .with_columns(pl.max_horizontal("chances", pl.col("hits") + pl.col("excused")).alias("chances"))
        .with_columns(
            pl.col("agency").replace_strict(dict(book.kinds), default="", return_dtype=pl.String).alias("kind")
        )
    )
    group = ["code", "kind"]
    frame = frame.with_columns(
        (pl.len().over(group) - 1).cast(pl.Int64).alias("peers"),
        (pl.col("hits").sum().over(group) - pl.col("hits")).alias("peer_hits"),
        (pl.col("chances").sum().over(group) - pl.col("chances")).alias("peer_chances"),
    )
    return _graded(frame.with_columns(_alike(frame, occurrences)), rules, bars)


def _alike(frame: pl.DataFrame, occurrences: pl.DataFrame) -> pl.Series:
    """Return for each row how many occurrences are worth one, because those of one dossier come together.

    The design effect of clusters, (sum of m^2) / (sum of m) where a dossier has m: the agency's own or that of all, by
    signal, whichever is larger. A dossier that bounced six times is no six dossiers.
    """
    counted = occurrences.filter(pl.col("excused").is_null() & pl.col("agency").is_not_null())
    own = counted.group_by("code", "agency", "nr").agg(pl.len().cast(pl.Float64).alias("m"))
    effect = (pl.col("m") ** 2).sum() / pl.col("m").sum()
    alike = frame.select("code", "agency")
    for name, key in (("own", ["code", "agency"]), ("all", ["code"])):
        found = own.group_by(key).agg(effect.alias(name))
        alike = alike.join(found, on=key, how="left", maintain_order="left")
    return alike.select(pl.max_horizontal("own", "all").fill_null(1.0).alias("alike")).to_series()


def _graded(frame: pl.DataFrame, rules: Mapping[str, SignalRule], bars: Bars) -> pl.DataFrame:
    from scipy.special import betainc, ndtr

    k, n = (frame[name].to_numpy().astype(np.float64) for name in ("hits", "chances"))
    peer_k, peer_n = (frame[name].to_numpy().astype(np.float64) for name in ("peer_hits", "peer_chances"))
    low, high = wilson(k, n, bars.z)
    # Half an occurrence among the peers, so that a rate of 0 among few is not taken for impossible.
    peers_rate = (peer_k + 0.5) / (peer_n + 1.0)
    weight = _prior_weight(frame)
    a, b = peers_rate * weight, (1 - peers_rate) * weight
    shrunken = (k + a) / (n + a + b)
    confidence = 1.0 - betainc(k + a, n - k + b, peers_rate)
    alike = frame["alike"].to_numpy()
    worth, of = k / alike, n / alike  # what so many occurrences are worth that come together
    by_chance = np.where(k > 0, betainc(np.maximum(worth, 1.0), of - worth + 1, peers_rate), 1.0)  # a binomial's tail
    z = (k / np.maximum(n, 1.0) - peers_rate) / np.sqrt(peers_rate * (1 - peers_rate) / np.maximum(of, 1.0))
    p = np.maximum(by_chance, ndtr(-z / _spread(frame, z, n >= bars.chances)))
    q = _corrected(frame["code"], p, (peer_n > 0) & (n >= bars.chances))
    is_pattern = np.array([rules[code].level is Level.AGENCY for code in frame["code"]], dtype=bool)
    reasons = [
        (n < bars.chances, "few_chances"),
        (k < bars.hits, "few_hits"),
        (peer_n <= 0, "no_peers"),
        ((shrunken < bars.ratio * peers_rate) | (low <= peers_rate), "like_peers"),
        ((q > bars.false_alarms) | (confidence < bars.confidence), "chance"),
    ]
    why_not = np.select([mask for mask, _ in reasons], [name for _, name in reasons], default="")
    raised = is_pattern & (why_not == "")
    graded = frame.with_columns(
        pl.Series("rate", np.divide(k, np.maximum(n, 1.0))),
        pl.Series("low", low),
        pl.Series("high", high),
        pl.Series("peers_rate", np.where(peer_n > 0, peers_rate, np.nan)).fill_nan(None),
        pl.Series("shrunken", shrunken),
        pl.Series("confidence", confidence),
        pl.Series("p", p),
        pl.Series("q", q),
        pl.Series("is_raised", raised),
        pl.Series("why_not", np.where(is_pattern & ~raised, why_not, "")).replace("", None),
    )
    order = {code: place for place, code in enumerate(rules)}
    place = pl.col("code").replace_strict(order, return_dtype=pl.Int32)
    graded = graded.sort(place, pl.col("hits"), pl.col("agency"), descending=[False, True, False])
    return graded.select(pl.col(name).cast(dtype) for name, dtype in RATES.items())


def _corrected(codes: pl.Series, p: Floats, compared: NDArray[np.bool_]) -> Floats:
    """Return p-values corrected over the agencies that one signal compares: each signal is a question of its own."""
    q = np.ones(p.size)
    for code in codes.unique():
        asked = compared & (codes == code).to_numpy()
        q[asked] = benjamini_hochberg(p[asked])
    return q


def _spread(frame: pl.DataFrame, z: Floats, counted: NDArray[np.bool_]) -> Floats:
    """Return for each row how many times farther apart its peers lie than chance alone puts them, at least 1.

    Agencies of one kind differ for reasons nobody answers for; what stands out must stand out from that. The root mean
    square of the standardised rates, a tenth at either end drawn in, after D. J. Spiegelhalter, "Funnel plots for
    comparing institutional performance", Statistics in Medicine 24 (2005).
    """
    group = ["code", "kind"]
    scored = frame.select(*group, pl.Series("z", z), pl.Series("counted", counted))
    own = pl.col("z").filter("counted")
    drawn_in = own.clip(own.quantile(0.1, "linear"), own.quantile(0.9, "linear"))
    spreads = scored.group_by(group).agg((drawn_in**2).mean().sqrt().alias("spread"))
    found = scored.join(spreads, on=group, how="left", maintain_order="left")["spread"]
    spread: Floats = np.maximum(found.fill_null(1.0).fill_nan(1.0).to_numpy(), 1.0)
    return spread


def _prior_weight(frame: pl.DataFrame) -> Floats:
    """Return for each row how many chances the peers' rate is worth as a prior, by the method of moments.

    The spread of the agencies' rates beyond what chance alone makes says how much agencies differ; the weight lies
    between 2 (they differ as much as can be) and 200 (they do not).
    """
    rate = pl.col("hits") / pl.col("chances").clip(lower_bound=1)
    group = ["code", "kind"]
    mean = (pl.col("hits").sum() / pl.col("chances").sum().clip(lower_bound=1)).over(group)
    moments = frame.with_columns(mean.alias("mean")).with_columns(
        ((rate - pl.col("mean")).pow(2) * pl.col("chances")).sum().over(group).alias("spread"),
        pl.col("chances").sum().over(group).alias("all"),
        pl.len().over(group).alias("agencies"),
    )
    mean_, spread, total, agencies = (
        moments[name].to_numpy().astype(np.float64) for name in ("mean", "spread", "all", "agencies")
    )
    chance = mean_ * (1 - mean_)
    variance = spread / np.maximum(total, 1.0) - chance * np.maximum(agencies - 1, 0) / np.maximum(total, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.where(variance > 0, chance / variance - 1, np.inf)
    bounded: Floats = np.clip(np.nan_to_num(weight, nan=200.0, posinf=200.0), 2.0, 200.0)
    return bounded


def _signals(
    book: Casebook, rules: Mapping[str, SignalRule], occurrences: pl.DataFrame, rates: pl.DataFrame
) -> pl.DataFrame:
    counted = occurrences.filter(pl.col("excused").is_null() & pl.col("agency").is_not_null())
    acts = [code for code, rule in rules.items() if rule.level is Level.DOSSIER]
    named = book.dossiers.select("nr", "dossier", "dossier_id")
    by_dossier = (
        counted.filter(pl.col("code").is_in(acts))
        .join(named, on="nr", how="left", maintain_order="left")
        .with_columns(
            pl.lit(Level.DOSSIER.value).alias("level"),
            pl.lit(1, dtype=pl.Int64).alias("occurrences"),
            pl.lit(1.0).alias("confidence"),
            pl.when(pl.col("is_absent"))
            .then(pl.lit("absence"))
            .when(pl.col("is_overloaded"))
            .then(pl.lit("overload"))
            .alias("counter"),
            pl.concat_str(
                "code",
                pl.col("dossier_id").fill_null(pl.col("dossier")),
                pl.col("hold").cast(pl.String),
                "agency",
                separator=":",
            ).alias("key"),
        )
        .unique("key", keep="first", maintain_order=True)
    )
    last = counted.group_by("code", "agency").agg(pl.col("at").max(), pl.col("measure").mean())
    by_agency = (
        rates.filter("is_raised")
        .join(last, on=["code", "agency"], how="left", maintain_order="left")
        .with_columns(
            pl.lit(Level.AGENCY.value).alias("level"),
            pl.col("hits").alias("occurrences"),
            pl.concat_str("code", "agency", separator=":").alias("key"),
        )
    )
    parts = []
    for part in (by_dossier, by_agency):
        lacking = [pl.lit(None, dtype=t).alias(n) for n, t in SIGNALS.items() if n not in part.columns]
        whole = part.with_columns(lacking).with_columns(_severity(rules))
        parts.append(whole.select(pl.col(n).cast(t) for n, t in SIGNALS.items()))
    weight = {Severity.HIGH.value: 0, Severity.MEDIUM.value: 1, Severity.LOW.value: 2}
    place = pl.col("severity").replace_strict(weight, return_dtype=pl.Int32)
    order = {code: n for n, code in enumerate(rules)}
    return pl.concat(parts).sort(place, pl.col("code").replace_strict(order, return_dtype=pl.Int32), "agency", "at")


def _severity(rules: Mapping[str, SignalRule]) -> pl.Expr:
    degrees = (Severity.LOW, Severity.MEDIUM, Severity.HIGH)
    whole = {code: rule.severity.value for code, rule in rules.items()}
    less = {code: degrees[max(degrees.index(rule.severity) - 1, 0)].value for code, rule in rules.items()}
    code = pl.col("code")
    full = code.replace_strict(whole, default=Severity.LOW.value, return_dtype=pl.String)
    lowered = code.replace_strict(less, default=Severity.LOW.value, return_dtype=pl.String)
    return pl.when(pl.col("counter").is_null()).then(full).otherwise(lowered).alias("severity")
