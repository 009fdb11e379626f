"""The rules of a simulation as a store's dossiers are read by them."""

from workflows.rulebook import Rulebook


class SimulatedRules(Rulebook):
    """A simulation's calendars, directory and procedures; nothing is read from files."""

    def __init__(self, model):
        rules = model.variants[0].rules
        self.calendars, self.directory = rules.calendars, rules.directory
        self._known = {(one.rules.procedure.code, one.rules.procedure.version): one.rules for one in model.variants}

    def rules(self, code, version):
        return self._known[code, version]

    def procedure(self, code, version):
        return self._known[code, version].procedure
