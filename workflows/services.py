"""Calls to the machines that do service steps: HTTP with an idempotency key, bounded retries, one sentence on failure.

The request is ``POST`` with a JSON body (dossier, procedure, step, hold, attempt's key and the dossier's data, never
personal data) and the header ``Idempotency-Key``, the same for every attempt at the same hold, so that a machine may
be asked twice and answer once. The answer is ``200`` with ``{"outcome": "done", "data": {…}}``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx

from engine.errors import MotcuaError

MAX_ANSWER = 1_000_000
"""Bytes of an answer that are read; a longer one is refused."""


class ServiceError(MotcuaError):
    """A machine could not be asked or answered what cannot be used; ``may_recover`` tells whether waiting may help."""

    def __init__(self, sentence: str, *, may_recover: bool) -> None:
        super().__init__(sentence, may_recover)
        self.sentence = sentence
        self.may_recover = may_recover

    def __str__(self) -> str:
        return self.sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a machine is asked about one hold of a dossier; ``key`` stays the same however often it is asked."""

    service: str
    key: str
    dossier_id: str
    dossier_no: str
    procedure: str
    step: str
    hold: int
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the machine said: an outcome of the step and what later conditions may read."""

    outcome: str
    data: dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Services:
    """The machines by name; ``addresses`` maps names to addresses, and a name that is an address is used as is.

    ``timeout`` and ``waits`` (between attempts) are in seconds; there are ``len(waits) + 1`` attempts.
    """

    addresses: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 10.0
    waits: tuple[float, ...] = (0.2, 1.0)
    sleep: Callable[[float], None] = time.sleep
    _client: httpx.Client | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections kept open."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def address_of(self, service: str) -> str:
        """Return the address of a service.

        Raises:
            ServiceError: the settings name none.
        """
        found = self.addresses.get(service, service)
        if not found.startswith(("http://", "https://")):
            raise ServiceError(
                f"service {service!r} has no address: set services.{service} to an http(s) address", may_recover=True
            )
        return found

    def ask(self, question: Question) -> Answer:
        """Ask and return the answer, trying again after failures that may pass (no connection, 408, 425, 429, 5xx).

        Raises:
            ServiceError: no address, no usable answer after the last attempt, or a refusal (other 4xx).
        """
        address = self.address_of(question.service)
        for wait in (*self.waits, None):
            try:
                return self._ask_once(address, question)
            except ServiceError as error:
                if wait is None or not error.may_recover:
                    raise
                self.sleep(wait)
        raise AssertionError("unreachable")

    def _ask_once(self, address: str, question: Question) -> Answer:
        client = self._client = self._client or httpx.Client(timeout=self.timeout, follow_redirects=False)
        body = {
            "dossier_id": question.dossier_id,
            "dossier_no": question.dossier_no,
            "procedure": question.procedure,
            "step": question.step,
            "hold": question.hold,
            "data": dict(question.data),
        }
        what = f"service {question.service!r} at {address}"
        try:
            with client.stream("POST", address, json=body, headers={"Idempotency-Key": question.key}) as response:
                if response.status_code != httpx.codes.OK:
                    passing = response.status_code in {408, 425, 429} or response.status_code >= 500
                    raise ServiceError(f"{what} answered with status {response.status_code}", may_recover=passing)
                content = _bounded(response, what)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            kind = "in time" if isinstance(error, httpx.TimeoutException) else f"({type(error).__name__})"
            raise ServiceError(f"{what} did not answer {kind}", may_recover=True) from None
        return _read(content, what)


def _bounded(response: httpx.Response, what: str) -> bytes:
    content = bytearray()
    for part in response.iter_bytes():
        content += part
        if len(content) > MAX_ANSWER:
            raise ServiceError(f"{what} answered with more than {MAX_ANSWER} bytes", may_recover=False)
    return bytes(content)


def _read(content: bytes, what: str) -> Answer:
    import msgspec

    try:
        answer = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ServiceError(f"{what} answered with something that is not JSON", may_recover=False) from None
    outcome = answer.get("outcome") if isinstance(answer, dict) else None
    data = answer.get("data", {}) if isinstance(answer, dict) else None
    if not isinstance(outcome, str) or not isinstance(data, dict):
        raise ServiceError(
            f'{what} answered without an outcome: expected {{"outcome": "done", "data": {{}}}}', may_recover=False
        )
    return Answer(outcome=outcome, data=data)
