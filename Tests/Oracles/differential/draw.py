"""Draws whole cases: neurons, inputs, connections and stimuli, as a job and as hints for Brian.

Everything follows from the seed and the place of a case. The job is written from what is drawn,
not from Dendrify's equations.
"""

import random as chance

from cells import compartments, point
from free import free
from values import SCALES, in_unit, quantity, si

UNITS = {"siemens": "nS"}


class Case:
    """A network that both sides run."""

    def __init__(self, seed, index):
        random = self.random = chance.Random(f"{seed}/{index}")
        self.index = index
        self.features = set()
        kind = random.choices(["compartments", "paper", "point", "free"], [40, 20, 16, 24])[0]
        self.generation = "paper" if kind == "paper" else "current"
        self.dt = random.choice(["0.1", "0.1", "0.1", "0.05", "0.2"])
        if kind == "free":
            self.dt = random.choice(["0.02", "0.05", "0.1"])
        self.step = float(self.dt) * 1e-3
        self.steps = int(random.uniform(1000, 1700))
        self.length = self.steps * float(self.dt)
        self.models, self.populations, self.projections, self.stimuli = {}, {}, {}, {}
        self.states, self.cells, self.gates = {}, {}, {}
        self.features.add(f"dt {self.dt} ms")
        for place in range(random.choice([1, 1, 1, 1, 2, 2, 3])):
            self.add_neurons(f"p{place}", kind if place == 0 else None)
        if len(self.cells) > 1:
            self.features.add("several populations")
        for name in list(self.cells):
            self.add_stimuli(name)
            self.add_inputs(name)
        if random.random() < 0.6:
            for _ in range(random.randint(1, 2)):
                self.add_recurrent()
        self.hints = {
            "stimuli": random.choice(["runs", "array", "array"]),
            "configured": random.random() < 0.5,
            "cycles": {f"m{name[1:]}": cell.cycle
                       for name, cell in self.cells.items() if cell.cycle}}
        self.features |= {"stimuli by " + self.hints["stimuli"]} if self.stimuli else set()
        if "dSpikes pulse" in self.features and self.hints["configured"]:
            self.features.add("config_dspikes")

    def make_cell(self, kind):
        random = self.random
        if kind is None:
            kind = random.choice(
                ["compartments", "point", "free"] if self.generation == "current"
                else ["paper", "free"])
        if kind in ("compartments", "paper"):
            return compartments(random, self.step, kind == "paper")
        if kind == "point":
            return point(random, self.step)
        # Sodium kinetics need short steps.
        while True:
            cell = free(random, self.step)
            if "free: Hodgkin-Huxley" not in cell.features or self.step <= 0.05e-3:
                return cell

    def add_neurons(self, name, kind):
        random = self.random
        cell = self.cells[name] = self.make_cell(kind)
        self.size = random.randint(1, 8)
        entry = {"model": f"m{name[1:]}", "size": self.size}
        if random.random() < 0.15 and not cell.own and not cell.cycle and "spike" in cell.entry:
            self.add_own_equations(cell)
        if cell.own:
            self.features.add("parameters per neuron")
            entry["parameters"] = {
                key: [quantity(random.uniform(low, high), unit) for _ in range(self.size)]
                for key, (low, high, unit) in cell.own.items()} | cell.shared
        initial = dict(cell.initial)
        voltage = cell.voltages[0]
        style = random.random()
        if style < 0.3 and cell.threshold < 1:
            initial[voltage] = [
                in_unit(random.uniform(cell.rest - 5e-3, cell.rest + 6e-3), "mV")
                for _ in range(self.size)]
            self.features.add("initial values per neuron")
        elif style < 0.5 and cell.threshold < 1:
            initial[voltage] = f"{cell.rest * 1e3:.5g}*mV + 0.7*mV*i"
            self.features.add("initial values by expression")
        if initial:
            entry["initial"] = initial
        self.populations[name] = entry
        self.models[f"m{name[1:]}"] = cell.entry
        self.features |= cell.features
        self.states[f"rows_{name}"] = {
            "population": name, "variables": cell.recorded, "every": f"{self.dt} ms",
            "precision": "double"}

    def add_own_equations(self, cell):
        """Equations of the user's own on a cell of the library, and a replaced one."""
        random = self.random
        v = cell.voltages[0]
        suffix = cell.suffix
        if f"I_ext{suffix}" not in cell.drives:
            return
        cell.entry["equations"] = (
            "dq/dt = (k_q - q)/tau_q + int(q < 0.5)*q*(1 - q)/(9*ms) : 1\n"
            f"I_own = 3*pA*q*tanh(({v} - EL{suffix})/(15*mV)) : amp\n"
            "k_q : 1\nI_drive : amp")
        cell.entry.setdefault("replace", {})[f"I_ext{suffix}"] = (
            f"I_ext{suffix} = I_drive + I_own  :amp")
        cell.entry.setdefault("parameters", {})["tau_q"] = quantity(random.uniform(5, 30), "ms")
        cell.entry["spike"]["reset"] += "; q += 0.2"
        cell.drives["I_drive"] = cell.drives.pop(f"I_ext{suffix}")
        cell.own["k_q"] = (0, 1, "")
        cell.recorded += ["q", "I_own"]
        cell.features |= {"added equations", "replaced equation"}
        if random.random() < 0.4:
            cell.entry["events"] = {"ripe": {"condition": "q > 0.7", "action": "q = 0.1"}}
            cell.features.add("custom events")

    def sized(self, name):
        return self.populations[name]["size"]

    def add_stimuli(self, name):
        """Currents in steps, most of them strong enough to make the cell fire."""
        random = self.random
        cell, size = self.cells[name], self.sized(name)
        main, *others = cell.drives
        chosen = [main] if random.random() < 0.85 else []
        chosen += [other for other in others if random.random() < 0.25]
        for variable in chosen:
            lift = cell.drives[variable]
            unit = "pA" if abs(lift) < 1 else ""
            times = sorted(random.sample(range(0, self.steps), random.randint(1, 4)))
            if random.random() < 0.5:
                times[0] = 0
            neurons, count = "all", size
            if size > 2 and random.random() < 0.3:
                neurons, count = f"1:{size}", size - 1
                self.features.add("stimulus of some neurons")
            steps = []
            for step in times:
                strength = lift * random.choice([0, 0.5, 1.3, 1.6, 2.2, 3, -0.3])
                style = random.random()
                if style < 0.3 and count > 1:
                    value = [in_unit(strength * random.uniform(0.5, 1.5), unit)
                             for _ in range(count)]
                elif style < 0.5 and count > 1:
                    value = {"linspace": [in_unit(strength, unit), in_unit(1.7 * strength, unit)]}
                else:
                    value = in_unit(strength, unit)
                steps.append([f"{step * float(self.dt):.10g} ms", value])
            self.stimuli[f"{name}_{variable}"] = {
                "population": name, "neurons": neurons, "variable": variable, "steps": steps}

    def spike_list(self, size):
        """Times within their steps; a unit sends at most once a step."""
        random = self.random
        pairs = []
        for unit in range(size):
            mean = random.uniform(10, 120) * self.length / 1000
            count = min(int(mean) + 1, self.steps // 4)
            for step in sorted(random.sample(range(self.steps), count)):
                shift = random.choice([0, 0, 0.2, 0.5, 0.9])
                pairs.append((unit, f"{(step + shift) * float(self.dt):.10g} ms"))
        pairs.sort(key=lambda pair: si(pair[1]))
        return {"indices": [unit for unit, _ in pairs], "times": [time for _, time in pairs]}

    def add_inputs(self, name):
        random = self.random
        cell = self.cells[name]
        if not cell.gates or random.random() < 0.15:
            return
        size = random.choice([self.sized(name), random.randint(1, 12)])
        source = f"in{name[1:]}"
        self.populations[source] = {"spikes": self.spike_list(size), "size": size}
        for gate in random.sample(list(cell.gates), min(len(cell.gates), random.randint(1, 6))):
            self.add_projection(source, name, gate)
        if size == self.sized(name) and random.random() < 0.4:
            self.add_written(source, name)

    def add_recurrent(self):
        random = self.random
        targets = [name for name, cell in self.cells.items() if cell.gates]
        if not targets:
            return
        target = random.choice(targets)
        source = random.choice([*self.cells, target])
        self.features.add("recurrent" if source == target else "between populations")
        self.add_projection(source, target, random.choice(list(self.cells[target].gates)))

    def connect(self, source, target):
        """A rule, and how many connections it makes (`None`: not counted)."""
        random = self.random
        sources, targets = self.sized(source), self.sized(target)
        kinds = ["all_to_all", "condition", "pairs", "pairs"]
        if sources == targets:
            kinds += ["one_to_one", "one_to_one"]
        kind = random.choice(kinds)
        self.features.add(f"connect {kind}")
        if kind == "one_to_one":
            return kind, sources
        if kind == "all_to_all":
            return kind, sources * targets
        if kind == "condition":
            return {"condition": random.choice(
                ["i != j", "j >= i", "(i + j) % 2 == 0", "abs(i - j) < 3"])}, None
        pairs = sorted([random.randrange(sources), random.randrange(targets)]
                       for _ in range(random.randint(1, 2 * sources + targets)))
        if random.random() < 0.3:
            random.shuffle(pairs)
        return {"pairs": pairs}, len(pairs)

    def add_projection(self, source, target, gate):
        random = self.random
        ends = [source, target]
        rule, count = self.connect(source, target)
        for place, name in enumerate(ends):
            size = self.sized(name)
            if size > 2 and rule == "all_to_all" and random.random() < 0.3:
                ends[place] = f"{name}[1:{size}]"
                count = count // size * (size - 1)
                self.features.add("slices")
        amount, unit = self.cells[target].gates[gate], ""
        if amount == "siemens":
            amount, unit = 1.5, "nS"
        entry = {"source": ends[0], "target": ends[1], "connect": rule}
        style = random.random()
        if style < 0.35 and count:
            entry["weight"] = [quantity(amount * random.uniform(0.2, 1.5), unit)
                               for _ in range(count)]
            self.features.add("weights per synapse")
        elif style < 0.85 or unit:
            entry["weight"] = quantity(amount * random.uniform(0.3, 1.2), unit)
        entry["on_pre"] = f"{gate} += {'w' if 'weight' in entry else '1'}"
        style = random.random()
        if style < 0.35:
            entry["delay"] = quantity(random.choice(
                [random.uniform(0, 3), random.uniform(5, 30)]), "ms", 3)
            self.features.add("delay for all")
        elif style < 0.6 and count:
            entry["delay"] = [quantity(random.uniform(0, 12), "ms", 3) for _ in range(count)]
            self.features.add("delays per synapse")
        self.projections[f"c{len(self.projections)}"] = entry

    def add_written(self, source, target):
        """Effects beyond a sum; one source each, so that no order matters."""
        random = self.random
        cell = self.cells[target]
        gate = random.choice(list(cell.gates))
        v = cell.voltages[0]
        choices = []
        if cell.gates[gate] == "siemens":
            choices.append(f"{gate} = clip({gate}*0.5 + 1*nS, 0*nS, 4*nS)")
        else:
            choices += [f"{gate} = {gate}*0.5 + w", f"{gate} = clip({gate} + w, 0, 1.5)"]
        if cell.threshold < 1:
            choices += [f"{v} += w*mV", f"{v} += w*0.02*({v} + 50*mV); {gate} *= 0.9"]
        self.projections[f"c{len(self.projections)}"] = {
            "source": source, "target": target, "connect": "one_to_one",
            "weight": quantity(random.uniform(0.3, 1), ""), "on_pre": random.choice(choices)}
        self.features.add("on_pre beyond a sum")

    def job(self):
        return {
            "name": f"case {self.index}",
            "simulation": {"duration": f"{self.steps}*{self.dt}*ms", "dt": f"{self.dt} ms"},
            "models": self.models, "populations": self.populations,
            "projections": self.projections, "stimuli": self.stimuli,
            "record": {"spikes": list(self.cells), "events": "all", "states": self.states}}

    def description(self):
        """All that the other side needs."""
        return {
            "index": self.index, "generation": self.generation, "steps": self.steps,
            "dt": f"{self.dt} ms", "job": self.job(), "hints": self.hints,
            "voltages": {name: cell.voltages for name, cell in self.cells.items()},
            "features": sorted(self.features)}


def draw(seed, index):
    return Case(seed, index).description()
