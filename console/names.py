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
