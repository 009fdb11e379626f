"""The compiled loops behind the array face; imported only when arrays come in, because numba is slow to start."""

from __future__ import annotations

from engine.compiled import compiled

_SIGNATURE_BETWEEN = "int64(int64[::1], int64[::1], int64, int64, int64[:, ::1], int64, int64[::1])"
_SIGNATURE_ADD = "int64(int64[::1], int64[::1], int64, int64, int64[:, ::1], int64, int64[:, ::1], int64, int64[::1])"


@compiled(_SIGNATURE_BETWEEN)
def between(a, b, start, end, table, bits, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  compiled from the signature
    """Fill ``out`` with the office seconds from ``a`` to ``b``; return the first element outside, or -1."""
    span = end - start
    for i in range(a.size):
        x = a[i] - start
        y = b[i] - start
        if x < 0 or y < 0 or x > span or y > span:
            return i
        p = x >> bits
        q = y >> bits
        out[i] = (min(max(y, table[q, 0]), table[q, 1]) + table[q, 2]) - (
            min(max(x, table[p, 0]), table[p, 1]) + table[p, 2]
        )
    return -1


@compiled(_SIGNATURE_ADD)
def add(begins, lengths, start, total, table, bits, inverse, inverse_bits, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201  as above
    """Fill ``out`` with each begin moved by its office seconds; return the first that passes ``total``, or -1."""
    for i in range(begins.size):
        x = begins[i] - start
        if lengths[i] == 0:
            out[i] = begins[i]
            continue
        p = x >> bits
        k = min(max(x, table[p, 0]), table[p, 1]) + table[p, 2] + lengths[i]
        if k > total:
            return i
        q = k >> inverse_bits
        out[i] = k + (inverse[q, 1] if k <= inverse[q, 0] else inverse[q, 2])
    return -1
