"""What people call the codes of agencies, officers, steps, procedures and papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import InputError

if TYPE_CHECKING:
    from console.wording.days import Language
    from engine.dossier import Dossier
    from engine.procedure import Procedure
    from workflows.rulebook import Rulebook


class Names:
    """Titles by code in one language; a code nobody knows stays as it is."""

    def __init__(self, rulebook: Rulebook, lang: Language, procedure: Procedure | None = None) -> None:
        self._rulebook = rulebook
        self._lang = lang
        self._procedure = procedure

    @classmethod
    def of(cls, rulebook: Rulebook, lang: Language, dossier: Dossier) -> Names:
        """Return the names as one dossier's procedure gives them; without its procedure only those of agencies."""
        try:
            return cls(rulebook, lang, rulebook.procedure(dossier.procedure, dossier.procedure_version))
        except InputError:
            return cls(rulebook, lang)

    def __call__(self, code: str) -> str:
        """Return what people call a code."""
        agency = self._rulebook.directory.agencies.get(code)
        if agency is not None:
            return agency.title_vi if self._lang == "vi" else agency.title_en
        procedure = self._procedure
        if procedure is None:
            return code
        if code == procedure.code:
            return self.procedure_title()
        titled = procedure.nodes.get(code) or next((paper for paper in procedure.papers if paper.code == code), None)
        return code if titled is None else getattr(titled.title, self._lang)

    def procedure_title(self) -> str:
        """Return the title of the dossier's procedure, empty where it is not known."""
        return "" if self._procedure is None else getattr(self._procedure.title, self._lang)


class Titles:
    """Titles with their codes, for lists of many dossiers: what people read, and what they type; a code alone if plain.

    For example ``Thẩm tra hồ sơ (check)``.
    """

    def __init__(self, rulebook: Rulebook, lang: Language, *, plain: bool) -> None:
        self._rulebook, self._lang, self._plain = rulebook, lang, plain
        self._agencies = Names(rulebook, lang)
        self._by_procedure: dict[tuple[str, int], Names] = {}

    def agency(self, code: str) -> str:
        """Return an agency's title with its code."""
        return self._told(code, self._agencies)

    def step(self, code: str, procedure: str, version: int) -> str:
        """Return a step's title with its code, as one version of a procedure calls it."""
        if self._plain:
            return code
        if (procedure, version) not in self._by_procedure:
            try:
                known = self._rulebook.procedure(procedure, version)
            except InputError:
                known = None
            self._by_procedure[procedure, version] = Names(self._rulebook, self._lang, known)
        return self._told(code, self._by_procedure[procedure, version])

    def _told(self, code: str, names: Names) -> str:
        title = code if self._plain else names(code)
        return code if title == code else f"{title} ({code})"
