"""Draws neurons of Dendrify's library: compartments, and point neurons.

A neuron is drawn as the `models` entry of a job. Nothing here knows equations of the library.
"""

import math

from values import in_unit, product, quantity, si

CHANNELS = ["AMPA", "NMDA", "GABA"]
TIMES = {"AMPA": (1, 8), "NMDA": (20, 80), "GABA": (3, 15)}
# The largest share of a compartment's charge that may flow in a step: Euler's rule is stable.
STABLE = 0.7

OWN_MEMBRANE = (
    "dV{0}/dt = (gL{0}*(EL{0} - V{0})*(1.2 + 0.2*cos((V{0} - EL{0})/(9*mV))) + I{0}"
    " - 2*pA*h{0})/C{0}  :volt\n"
    "dh{0}/dt = (1/(1 + exp(-(V{0} + 50*mV)/(4*mV))) - h{0})/(6*ms)  :1\n"
    "I{0} = I_ext{0}  :amp\nI_ext{0}  :amp")


class Cell:
    """A drawn neuron and what the rest of a draw must know about it."""

    def __init__(self, entry, suffix):
        self.entry = entry
        # Suffix of the compartment that spikes.
        self.suffix = suffix
        self.threshold = None
        self.rest = None
        # Variable that a stimulus may drive -> current that lifts the cell to its threshold, in A.
        self.drives = {}
        # Variable that a spike may raise -> amount of one spike.
        self.gates = {}
        # Variables to be recorded.
        self.recorded = []
        self.voltages = []
        self.initial = {}
        # Parameters that differ between neurons: name -> (lowest, highest, unit).
        self.own = {}
        # Parameters that all neurons share: name -> value.
        self.shared = {}
        # A coupling that closes a cycle.
        self.cycle = None
        self.features = set()


def synapses(random, features, scale, count):
    """Some synapses; `scale` is the conductance that one of them should have, in S."""
    found = {}
    for _ in range(count):
        channel = random.choice(CHANNELS)
        tag = random.choice(["X", "Y", "in", "rec"])
        low, high = TIMES[channel]
        decay = random.uniform(low, high)
        share = random.uniform(0.2, 1.2) * (0.5 if channel == "GABA" else 1)
        entry = {"channel": channel, "tag": tag, "g": in_unit(scale * share, "nS"),
                 "t_decay": quantity(decay, "ms")}
        features.add(channel)
        if random.random() < 0.45:
            entry["t_rise"] = quantity(decay * random.uniform(0.05, 0.8), "ms")
            features.add(f"{channel}, rise and decay")
            if random.random() < 0.5:
                entry["scale_g"] = True
                features.add("scale_g")
        found[channel, tag] = entry
    return list(found.values())


def gate_of(synapse, suffix):
    return f"s_{synapse['channel']}_{synapse['tag']}{suffix}"


def note_synapses(cell, entries, suffix):
    for synapse in entries:
        name = gate_of(synapse, suffix)
        # One spike of a rising gate opens more than one of a jumping gate.
        cell.gates[name] = 1.0 if "t_rise" not in synapse else 0.4
        cell.recorded.append(name)
        if "t_rise" in synapse:
            cell.recorded.append("x" + name[1:])


def membrane_parameters(random, model, suffix, leak, rest):
    """Parameters that a membrane model needs, and what a reset adds."""
    if model == "adaptiveIF":
        return {
            f"tauw{suffix}": quantity(random.uniform(20, 200), "ms"),
            f"a{suffix}": in_unit(leak * random.uniform(-0.1, 0.5), "nS"),
            f"b{suffix}": in_unit(leak * random.uniform(0.5e-3, 4e-3), "pA"),
        }, f"w{suffix} += b{suffix}"
    if model == "cadIF":
        return {
            "EA": quantity(rest * 1e3 + random.uniform(-8, 0), "mV"),
            "gAmax": in_unit(leak * random.uniform(0, 0.02), "nS"),
            "tauA": quantity(random.uniform(20, 200), "ms"),
            "delta_gA": in_unit(leak * random.uniform(0.02, 0.3), "nS"),
        }, "gA += delta_gA"
    if model == "adex":
        return {
            f"Vth{suffix}": quantity(random.uniform(-52, -46), "mV"),
            f"DeltaT{suffix}": quantity(random.uniform(1, 3), "mV"),
            f"tauw{suffix}": quantity(random.uniform(20, 200), "ms"),
            f"a{suffix}": in_unit(leak * random.uniform(0, 0.3), "nS"),
            f"b{suffix}": in_unit(leak * random.uniform(0.5e-3, 4e-3), "pA"),
        }, f"w{suffix} += b{suffix}"
    return {}, None


def adaptation(model, suffix):
    """State that a membrane model has beside its voltage."""
    return {"adaptiveIF": [f"w{suffix}"], "adex": [f"w{suffix}"], "cadIF": ["gA"]}.get(model, [])


def spike(random, cell, model, extra):
    """Threshold, resets and refractoriness of a cell with a voltage in its equations."""
    v = f"V{cell.suffix}"
    rest = cell.rest * 1e3
    threshold = rest + random.uniform(8, 20)
    entry = {}
    if model == "adex":
        entry["threshold"] = f"{v} > Vth{cell.suffix} + 5*DeltaT{cell.suffix}"
        parameters = cell.entry["parameters"]
        threshold = si(parameters[f"Vth{cell.suffix}"]) * 1e3
        highest = threshold + 5e3 * si(parameters[f"DeltaT{cell.suffix}"])
    else:
        highest = threshold
        value = quantity(threshold, "mV")
        style = random.random()
        if style < 0.25:
            cell.entry.setdefault("parameters", {})["Vspike"] = value
            entry["threshold"] = f"{v} > Vspike"
        elif style < 0.35:
            entry["threshold"] = f"{v} >= {product(value)} and t > 2*ms"
        else:
            entry["threshold"] = f"{v} > {product(value)}"
    cell.threshold = threshold * 1e-3
    resets = [f"{v} = {product(quantity(rest + random.uniform(-3, 5), 'mV'))}"]
    # The exponential of an adex runs away from the peak of a spike with a width.
    second = random.random() < (0.05 if model == "adex" else 0.35)
    if second:
        resets = [f"{v} = {product(quantity(random.uniform(max(20, highest + 5), 45), 'mV'))}"]
        entry["second_reset"] = (
            f"{v} = {product(quantity(rest + random.uniform(-2, 6), 'mV'))}")
        width = random.choice([0.5, 0.8, 1.0, 1.25, 0.73])
        entry["spike_width"] = f"{width} ms"
        cell.features.add("second reset")
    if extra:
        resets.append(extra)
    entry["reset"] = "; ".join(resets)
    style = random.random()
    if second or style < 0.5:
        shortest = 1.5 if second else 0.3
        entry["refractory"] = quantity(random.uniform(shortest, 6), "ms", 2)
        cell.features.add("refractory time")
    elif style < 0.7:
        entry["refractory"] = f"{v} > {product(quantity(threshold - 1.5, 'mV'))}"
        cell.features.add("refractory condition")
    elif style < 0.85:
        entry["refractory"] = "(1 + 0.7*i)*ms"
        cell.features.add("refractory expression")
    if model == "adex" and not second and "refractory" in entry:
        # It runs away where a threshold is masked for long.
        entry["refractory"] = "0.3 ms"
        cell.features -= {"refractory condition", "refractory expression"}
        cell.features.add("refractory time")
    cell.entry["spike"] = entry


def library_overrides(random, cell):
    """New values for defaults of the library."""
    chosen = {}
    if random.random() < 0.2:
        chosen["E_Na"] = quantity(random.uniform(45, 75), "mV")
        chosen["E_K"] = quantity(random.uniform(-95, -80), "mV")
    if random.random() < 0.25:
        chosen["E_AMPA"] = quantity(random.uniform(-5, 5), "mV")
    if random.random() < 0.25:
        chosen["E_GABA"] = quantity(random.uniform(-90, -70), "mV")
    if random.random() < 0.25:
        chosen["Mg_con"] = quantity(random.uniform(0.5, 2), "")
        chosen["Gamma_NMDA"] = quantity(random.uniform(0, 10), "")
    if chosen:
        cell.entry.setdefault("parameters", {}).update(chosen)
        cell.features.add("library defaults replaced")


def point(random, dt):
    """A point neuron."""
    model = random.choice(["passive", "leakyIF", "adaptiveIF", "cadIF", "adex"])
    cell = Cell({}, "")
    cell.features |= {"point neuron", f"point {model}"}
    cell.rest = si(quantity(random.uniform(-75, -58), "mV"))
    membrane = {"model": model, "v_rest": in_unit(cell.rest, "mV")}
    if random.random() < 0.5:
        capacitance = random.uniform(80, 400) * 1e-12
        leak = random.uniform(4, 30) * 1e-9
        membrane |= {"cm_abs": in_unit(capacitance, "pF"), "gl_abs": in_unit(leak, "nS")}
    else:
        length, diameter = random.uniform(15, 60), random.uniform(15, 40)
        gl = random.uniform(30, 120)
        membrane |= {
            "length": quantity(length, "um"), "diameter": quantity(diameter, "um"),
            "cm": quantity(random.uniform(0.8, 2), "uF/cm^2"), "gl": quantity(gl, "uS/cm^2")}
        leak = math.pi * length * diameter * 1e-12 * gl * 1e-2
    entries = synapses(random, cell.features, leak, random.randint(0, 3))
    if entries:
        membrane["synapses"] = entries
    cell.entry["point"] = membrane
    parameters, extra = membrane_parameters(random, model, "", leak, cell.rest)
    if parameters:
        cell.entry["parameters"] = parameters
    library_overrides(random, cell)
    cell.recorded = ["V", *adaptation(model, "")]
    cell.voltages = ["V"]
    note_synapses(cell, entries, "")
    spike(random, cell, model, extra)
    if model in ("passive", "leakyIF") and random.random() < 0.2:
        replace_membrane(cell, "")
    cell.drives = {"I_ext": (cell.threshold - cell.rest) * leak}
    return cell


class Tree:
    """Geometry and couplings of a neuron, redrawn until Euler's rule is stable."""

    def __init__(self, random, count, dt, paper):
        self.random, self.count, self.dt, self.paper = random, count, dt, paper
        while not self.draw():
            pass

    def draw(self):
        random = self.random
        self.absolute = not self.paper and random.random() < 0.3
        names = ["trunk", "prox", "dist", "tuft", "apic1", "apic2", "basal", "obl1", "obl2",
                 "d10", "d1", "tip"]
        random.shuffle(names)
        self.names = ["soma", *names[:self.count - 1]]
        shape = random.choice(["tree", "tree", "chain", "star"])
        self.shape = shape
        self.parents = {}
        for place, name in enumerate(self.names[1:], 1):
            parent = {"tree": random.randrange(place), "chain": place - 1, "star": 0}[shape]
            self.parents[name] = self.names[parent]
        self.wide, self.own = {}, {name: {} for name in self.names}
        self.capacitance, self.leak = {}, {}
        if self.absolute:
            self.draw_absolute()
        else:
            self.draw_cylinders()
        self.draw_couplings()
        return all(self.flow(name) < 0.35 for name in self.names)

    def flow(self, name, more=0.0):
        """Share of the charge of a compartment that flows in a step; `more` conductance in S."""
        return self.dt * (self.total(name) + more) / self.capacitance[name]

    def total(self, name):
        """Conductance out of a compartment."""
        axial = sum(g for pair, g in self.axial.items() if name in pair)
        return self.leak[name] + axial

    def draw_absolute(self):
        random = self.random
        for name in self.names:
            c = random.uniform(60, 300) if name == "soma" else random.uniform(10, 120)
            leak = c / random.uniform(8, 30)
            self.own[name] |= {"cm_abs": quantity(c, "pF"), "gl_abs": quantity(leak, "nS")}
            self.capacitance[name], self.leak[name] = c * 1e-12, leak * 1e-9

    def draw_cylinders(self):
        random = self.random
        values = {
            "cm": quantity(random.uniform(0.8, 1.6), "uF/cm^2"),
            "gl": quantity(random.uniform(30, 100), "uS/cm^2"),
            "r_axial": quantity(random.uniform(100, 200), "ohm*cm")}
        wide_factors = random.random() < 0.6
        own_values = random.random() < 0.3
        # Dendrify 2 resets the factors of a compartment if only other values are model-wide.
        if wide_factors or self.paper or not own_values:
            self.wide |= {
                "scale_factor": quantity(random.uniform(1, 3), "", 3),
                "spine_factor": quantity(random.uniform(1, 2), "", 3)}
        if not own_values:
            self.wide |= values
        for name in self.names:
            own = self.own[name]
            if name == "soma":
                length, diameter = random.uniform(12, 35), random.uniform(12, 35)
            else:
                length, diameter = random.uniform(40, 200), random.uniform(0.6, 3.5)
            own |= {"length": quantity(length, "um"), "diameter": quantity(diameter, "um")}
            if own_values:
                own |= {key: quantity(random.uniform(0.8, 1.25) * float(text.split()[0]),
                                      text.split()[1]) for key, text in values.items()}
            if not self.wide and random.random() < 0.7:
                own |= {"scale_factor": quantity(random.uniform(1, 3), "", 3)}
                if name != "soma":
                    own |= {"spine_factor": quantity(random.uniform(1, 2), "", 3)}
            given = {**own, **self.wide}
            spine = float(given.get("spine_factor", 1)) if name != "soma" else 1
            bare = math.pi * si(own["length"]) * si(own["diameter"])
            area = bare * float(given.get("scale_factor", 1)) * spine
            self.capacitance[name] = area * si(given["cm"])
            self.leak[name] = area * si(given["gl"])

    def resistance(self, name):
        given = {**self.own[name], **self.wide}
        return (4 * si(given["r_axial"]) * si(given["length"])
                / (math.pi * si(given["diameter"]) ** 2))

    def draw_couplings(self):
        random = self.random
        self.couplings, self.axial = [], {}
        for child, parent in self.parents.items():
            pair = [parent, child] if random.random() < 0.7 else [child, parent]
            style = "explicit" if self.absolute else random.choice(
                ["explicit", "half", "default", "cylinder"])
            if style == "explicit":
                most = 0.12 * min(self.capacitance[n] for n in pair) / self.dt
                g = min(most, random.uniform(1, 20) * 1e-9)
                pair.append(in_unit(g, "nS"))
            elif style == "cylinder":
                pair.append(f"cylinder_{child}")
                g = 1 / self.resistance(child)
            else:
                g = 2 / (self.resistance(child) + self.resistance(parent))
                if style == "half":
                    pair.append("half_cylinders")
            self.axial[parent, child] = g
            self.couplings.append(pair)


def compartments(random, dt, paper):
    """A neuron of 2 to 12 compartments; `paper`: of Dendrify 1."""
    count = random.choice([2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 10, 12])
    tree = Tree(random, count, dt, paper)
    cell = Cell({}, "_soma")
    cell.features |= {f"{count} compartments", f"{tree.shape} of compartments"}
    cell.features.add("absolute membranes" if tree.absolute else "cylinders")
    for pair in tree.couplings:
        how = pair[2] if len(pair) == 3 else "default"
        cell.features.add("coupling " + (
            how.split("_")[0] if "_" in how or how == "default" else "explicit"))
    rest = quantity(random.uniform(-75, -58), "mV")
    cell.rest = si(rest)
    cell.entry |= tree.wide
    own_rest = random.random() < 0.3
    if not own_rest:
        cell.entry["v_rest"] = rest
    soma_models = ["leakyIF", "leakyIF", "passive", "adaptiveIF", "adex"]
    soma = random.choice(soma_models + ([] if paper else ["cadIF"]))
    dendritic = ["passive"] * 6 + ["leakyIF", "adaptiveIF"]
    parameters, extra, models = {}, None, {"soma": soma}
    for name in tree.names:
        model = models.setdefault(name, random.choice(dendritic))
        if not paper and soma != "cadIF" and name != "soma" and "cadIF" not in models.values():
            if random.random() < 0.05:
                model = models[name] = "cadIF"
        more, add = membrane_parameters(random, model, f"_{name}", tree.leak[name], cell.rest)
        parameters |= more
        extra = extra or (add if name == "soma" else None)
        cell.features.add(f"{'soma' if name == 'soma' else 'dendrite'} {model}")
    cell.entry["compartments"] = {}
    if parameters:
        cell.entry["parameters"] = parameters
    library_overrides(random, cell)
    spike(random, cell, soma, extra)
    budget = {name: STABLE - tree.flow(name) for name in tree.names}
    dspikes = dspike_types(random, cell, paper)
    for name in tree.names:
        entry = {"kind": "soma"} if name == "soma" else {}
        default = "leakyIF" if name == "soma" else "passive"
        if paper and models[name] == "passive" and random.random() < 0.12:
            # Version 1 takes a text in place of a model.
            entry["equations"] = OWN_MEMBRANE
            cell.features.add("compartment of own equations")
        elif models[name] != default or random.random() < 0.2:
            entry["model"] = models[name]
        entry |= tree.own[name]
        if own_rest:
            entry["v_rest"] = quantity(cell.rest * 1e3 + random.uniform(-2, 2), "mV")
        unit = 0.1 * min(budget[name] * tree.capacitance[name] / dt, 4 * tree.total(name))
        entries = synapses(random, cell.features, unit, random.choice([0, 0, 1, 1, 2, 3]))
        if entries:
            entry["synapses"] = entries
        if name != "soma":
            found = active(random, cell, tree, name, dspikes, budget[name], paper)
            if found:
                entry["dspikes"] = found
        cell.entry["compartments"][name] = entry
        cell.recorded += [f"V_{name}", *adaptation(models[name], f"_{name}")]
        cell.voltages.append(f"V_{name}")
        note_synapses(cell, entries, f"_{name}")
        lift = (cell.threshold - cell.rest if name == "soma" else 0.03)
        cell.drives[f"I_ext_{name}"] = lift * (
            sum(tree.leak.values()) if name == "soma" else
            min(tree.leak[name] + sum(tree.leak.values()) / 2, tree.total(name)))
    cell.entry["couplings"] = tree.couplings
    if count > 2 and random.random() < 0.12:
        close_cycle(random, cell, tree)
    elif {soma} <= {"leakyIF", "passive"} and random.random() < 0.15:
        replace_membrane(cell, "_soma")
    return cell


def replace_membrane(cell, suffix):
    """A leak that depends on the voltage, which rests while the neuron is refractory."""
    cell.entry.setdefault("replace", {})[f"dV{suffix}/dt"] = (
        f"dV{suffix}/dt = (gL{suffix}*(EL{suffix} - V{suffix})"
        f"*(1 + 0.3*tanh((V{suffix} - EL{suffix})/(12*mV))) + I{suffix})/C{suffix}"
        "  :volt (unless refractory)")
    cell.features |= {"replaced membrane equation", "unless refractory"}


def close_cycle(random, cell, tree):
    """One more coupling, which Dendrify takes as it is; a job writes it as equations."""
    far = [(a, b) for place, a in enumerate(tree.names) for b in tree.names[place + 1:]
           if (a, b) not in tree.axial and (b, a) not in tree.axial]
    if not far:
        return
    a, b = random.choice(far)
    g = in_unit(min(0.1 * min(tree.capacitance[n] for n in (a, b)) / tree.dt, 5e-9), "nS")
    cell.cycle = [a, b, g]
    cell.entry["equations"] = "\n".join(
        f"I_{y}_{x} = (V_{y} - V_{x})*{product(g)} : amp\nI_drive_{x} : amp"
        for x, y in [(a, b), (b, a)])
    cell.entry["replace"] = {
        f"I_ext_{x}": f"I_ext_{x} = I_drive_{x} + I_{y}_{x}  :amp" for x, y in [(a, b), (b, a)]}
    for name in (a, b):
        cell.drives[f"I_drive_{name}"] = cell.drives.pop(f"I_ext_{name}")
    cell.features.add("cycle of compartments")


def dspike_types(random, cell, paper):
    """Kinds of dendritic spikes of a neuron: name -> what all compartments share."""
    if random.random() < 0.2:
        return {}
    found = {}
    for name in (["Na"] if paper else random.choice([["Na"], ["Na"], ["Ca"], ["Na", "Ca"]])):
        times = {
            "offset_fall": quantity(random.choice([0.2, 0.5, 0.04, 1.3, random.uniform(0.1, 2)]),
                                    "ms", 3),
            "refractory": quantity(random.uniform(2, 10), "ms", 2)}
        if paper:
            times |= {"kinetics": "exponential",
                      "tau_rise": quantity(random.uniform(0.4, 2), "ms"),
                      "tau_fall": quantity(random.uniform(0.6, 3), "ms")}
        else:
            times |= {"duration_rise": quantity(random.uniform(0.4, 3), "ms", 2),
                      "duration_fall": quantity(random.uniform(0.4, 5), "ms", 2)}
            if random.random() < 0.7:
                named = random.random() < 0.5
                times |= {
                    "reversal_rise": f"E_{name}" if named else quantity(
                        random.uniform(40, 80), "mV"),
                    "reversal_fall": "E_K" if named else quantity(
                        random.uniform(-95, -80), "mV")}
                cell.features.add("dSpike reversals by " + ("name" if named else "value"))
        found[name] = times
    return found


def active(random, cell, tree, name, types, budget, paper):
    """Dendritic spikes of a compartment."""
    found = []
    for kind, shared in types.items():
        if random.random() < 0.25:
            continue
        most = 0.4 * budget * tree.capacitance[name] / tree.dt / len(types)
        rise = min(most, tree.total(name) * random.uniform(0.6, 3))
        fall = rise * random.uniform(0.3, 0.9)
        conductances = {"g_rise": in_unit(rise, "nS"), "g_fall": in_unit(fall, "nS")}
        if not tree.absolute and random.random() < 0.3:
            bare = math.pi * si(tree.own[name]["length"]) * si(tree.own[name]["diameter"])
            conductances = {key: in_unit(si(value) / bare, "mS/cm^2")
                            for key, value in conductances.items()}
            cell.features.add("dSpike densities")
        found.append({
            "name": kind, "threshold": quantity(
                cell.rest * 1e3 + random.uniform(8, 26), "mV"), **conductances, **shared})
        cell.features.add("dSpikes exponential" if paper else "dSpikes pulse")
        if paper:
            cell.recorded += [f"g_rise_{kind}_{name}", f"g_fall_{kind}_{name}"]
    if len(found) > 1:
        cell.features.add("two dSpikes in a compartment")
    return found
