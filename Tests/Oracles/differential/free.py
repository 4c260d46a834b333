"""Draws neurons of free equations: random right sides, Hodgkin-Huxley kinetics, Izhikevich."""

from cells import Cell
from values import product, quantity, si

SMOOTH = [
    "sin({})", "cos({})", "tanh({})", "arctan({})", "exp(-abs({}))", "sqrt(abs({}))",
    "log1p(abs({}))", "log(1.5 + abs({}))", "log10(2 + abs({}))", "abs({})",
    "exprel(clip({}, -3, 3))", "expm1(clip({}, -2, 1))", "sinh(clip({}, -2, 2))",
    "cosh(clip({}, -2, 2))", "arcsin(clip({}, -0.9, 0.9))", "arccos(clip({}, -0.9, 0.9))",
    "tan(clip({}, -1.2, 1.2))", "clip({}, -0.7, 1.3)", "({})**2", "({})**3", "abs({})**1.5",
    "1/(1 + ({})**2)", "1/(1 + exp(-({})))", "-({})",
]
STEPPED = ["sign({} + 0.0123)", "floor(3*({}) + 0.123)", "ceil(2*({}) + 0.077)"]
TRUTHS = ["{} > {}", "{} <= {}", "{} < {} and t > 20*ms", "not ({} >= {})",
          "{} > {} or i % 2 == 1"]


class Terms:
    """Random dimensionless expressions over some names."""

    def __init__(self, random, leaves):
        self.random, self.leaves = random, leaves

    def draw(self, depth):
        random = self.random
        if depth == 0 or random.random() < 0.15:
            if random.random() < 0.25:
                return f"{random.uniform(-2, 2):.3g}"
            return random.choice(self.leaves)
        style = random.random()
        if style < 0.45:
            return random.choice(SMOOTH).format(self.draw(depth - 1))
        if style < 0.52:
            return random.choice(STEPPED).format(self.draw(depth - 1))
        if style < 0.6:
            test = random.choice(TRUTHS).format(self.draw(depth - 1), self.draw(depth - 1))
            return f"int({test})"
        if style < 0.65:
            return f"(({self.draw(depth - 1)} + 10.03) % {random.uniform(0.5, 3):.3g})"
        if style < 0.72:
            return f"({self.draw(depth - 1)})/(1.1 + abs({self.draw(depth - 1)}))"
        sign = random.choice(["+", "-", "*"])
        return f"({self.draw(depth - 1)} {sign} {self.draw(depth - 1)})"


def random_system(random, dt):
    """A leaky membrane with synaptic conductances and currents of random form."""
    cell = Cell({}, "")
    cell.features |= {"free equations", "free: random right sides"}
    rest = quantity(random.uniform(-75, -60), "mV")
    cell.rest = si(rest)
    leak, capacitance = random.uniform(5, 20), random.uniform(80, 250)
    names = ["x", "y", "z"][:random.randint(1, 3)]
    leaves = [*names, "(V - EL)/(20*mV)", "t/(101.37*ms)", "i/N", "k",
              "sin(2*pi*rate*t)", "int(not_refractory)"]
    terms = Terms(random, leaves)
    lines = [
        "dV/dt = (gL*(EL - V) + gsyn*(Esyn - V) + I) / C : volt"
        + random.choice(["", " (unless refractory)"]),
        f"I = I_in + A*tanh({terms.draw(3)}) : amp",
        "dgsyn/dt = -gsyn/tau_syn : siemens" + random.choice(["", " (unless refractory)"]),
        "I_in : amp", "k : 1 (constant)", "count : 1"]
    if "unless" in "".join(lines):
        cell.features.add("unless refractory")
    for name in names:
        term = terms.draw(random.randint(2, 4))
        flags = random.choice(["", "", " (unless refractory)"])
        lines.append(f"d{name}/dt = (2*tanh({term}) - {name})/tau_{name} : 1{flags}")
        if random.random() < 0.4:
            lines.append(f"tau_{name} : second (constant)")
            cell.own[f"tau_{name}"] = (4, 40, "ms")
    if random.random() < 0.3:
        # Frozen at the start of a step.
        lines.append(f"held = {terms.draw(2)} : 1 (constant over dt)")
        lines.append("dheavy/dt = (clip(held, -5, 5) - heavy)/(7*ms) : 1")
        names.append("heavy")
        cell.features.add("constant over dt")
    if random.random() < 0.3:
        lines[0] = lines[0].replace("gL*", "gL*(1 + 0.2*int(open))*")
        lines.append("open : boolean")
        cell.features.add("boolean variable")
    cell.own["k"] = (-1, 1, "")
    parameters = {
        "gL": quantity(leak, "nS"), "C": quantity(capacitance, "pF"), "EL": rest,
        "Esyn": quantity(random.uniform(-5, 5), "mV"), "A": quantity(leak * 6, "pA"),
        "tau_syn": quantity(random.uniform(2, 10), "ms"),
        "rate": quantity(random.uniform(5, 50), "Hz")}
    for name in names:
        if f"tau_{name}" not in cell.own and name != "heavy":
            parameters[f"tau_{name}"] = quantity(random.uniform(4, 40), "ms")
    threshold = quantity(cell.rest * 1e3 + random.uniform(8, 18), "mV")
    cell.threshold = si(threshold)
    reset = [f"V = {product(quantity(cell.rest * 1e3 + random.uniform(-3, 4), 'mV'))}"]
    if random.random() < 0.5:
        reset.append(random.choice([
            f"{names[0]} += 0.3", f"{names[0]} = {names[0]}/2 - 0.1", "count += 1",
            f"{names[-1]} *= 0.8; count += k"]))
    spike = {"threshold": f"V > {product(threshold)}", "reset": "; ".join(reset)}
    if random.random() < 0.3:
        spike["threshold"] += f" and {names[0]} > -1.9"
    spike["refractory"] = random.choice(
        [quantity(random.uniform(0.5, 5), "ms", 2), f"(2 + abs({names[0]}))*ms",
         f"V > {product(quantity(si(threshold) * 1e3 - 2, 'mV'))}", "2*ms + 0.3*ms*i"])
    if random.random() < 0.25 and "unless" not in lines[0]:
        spike["reset"] = "V = 30*mV"
        spike["second_reset"] = reset[0]
        spike["spike_width"] = "0.7 ms"
        spike["refractory"] = "2.5 ms"
        cell.features.add("second reset")
    if "count += k" not in spike["reset"] and random.random() < 0.5:
        lines[lines.index("count : 1")] = "count : integer"
        cell.features.add("integer variable")
    if random.random() < 0.3:
        lines[1] = lines[1].replace(" : amp", " + bias : amp")
        lines.append("bias : amp (shared)")
        cell.shared["bias"] = quantity(random.uniform(0, 0.3 * leak * 10), "pA")
        cell.features.add("shared parameter")
    cell.entry = {"equations": "\n".join(lines), "parameters": parameters, "spike": spike}
    if random.random() < 0.6:
        cell.entry["events"] = custom_events(random, cell, names, "open : boolean" in lines)
    cell.recorded = ["V", "I", "gsyn", *names, "count"]
    cell.voltages = ["V"]
    cell.gates = {"gsyn": "siemens"}
    cell.drives = {"I_in": (cell.threshold - cell.rest) * leak * 1e-9}
    cell.initial = {"V": rest, **{name: quantity(random.uniform(-1, 1), "", 3) for name in names}}
    return cell


def custom_events(random, cell, names, has_flag):
    """Events whose actions touch different variables: their order is free."""
    cell.features.add("custom events")
    events = {"up": {
        "condition": f"{names[0]} > {random.uniform(0.1, 0.6):.3g}"
        f" and t > {random.randint(5, 20)}*ms",
        "action": f"{names[0]} -= {random.uniform(0.3, 1):.3g}"
        + ("; open = True" if has_flag else "; count += 1")}}
    if random.random() < 0.5:
        middle = quantity((cell.rest + cell.threshold) * 500, "mV")
        events["middle"] = {
            "condition": f"V > {product(middle)} and gsyn < 1*nS",
            "action": f"gsyn += {random.uniform(0.2, 1):.3g}*nS"}
    return events


def hodgkin_huxley(random, dt):
    """Sodium and potassium kinetics of Traub and Miles, as plain equations."""
    cell = Cell({}, "")
    cell.features |= {"free equations", "free: Hodgkin-Huxley"}
    cell.rest, cell.threshold = -65e-3, -45e-3
    lines = [
        "dv/dt = (gl*(El - v) + ge*(Ee - v) - gna*m**3*h*(v - ENa) - gk*n**4*(v - EK) + I)/Cm"
        " : volt",
        "dm/dt = alpham*(1 - m) - betam*m : 1",
        "dn/dt = alphan*(1 - n) - betan*n : 1",
        "dh/dt = alphah*(1 - h) - betah*h : 1",
        "dge/dt = -ge/taue : siemens",
        "alpham = 0.32*4/exprel((13*mV - v + VT)/(4*mV))/ms : Hz",
        "betam = 0.28*5/exprel((v - VT - 40*mV)/(5*mV))/ms : Hz",
        "alphah = 0.128*exp((17*mV - v + VT)/(18*mV))/ms : Hz",
        "betah = 4/(1 + exp((40*mV - v + VT)/(5*mV)))/ms : Hz",
        "alphan = 0.032*5/exprel((15*mV - v + VT)/(5*mV))/ms : Hz",
        "betan = 0.5*exp((10*mV - v + VT)/(40*mV))/ms : Hz",
        "I : amp"]
    cell.entry = {
        "equations": "\n".join(lines),
        "parameters": {
            "Cm": quantity(random.uniform(150, 250), "pF"),
            "gl": quantity(random.uniform(8, 12), "nS"), "El": "-65 mV", "EK": "-90 mV",
            "ENa": "50 mV", "gna": quantity(random.uniform(15000, 25000), "nS"),
            "gk": quantity(random.uniform(4000, 8000), "nS"),
            "VT": quantity(random.uniform(-64, -60), "mV"), "taue": "5 ms", "Ee": "0 mV"},
        "spike": {"threshold": "v > -20*mV", "refractory": random.choice(["3 ms", "v > -30*mV"])}}
    cell.recorded = ["v", "m", "n", "h", "ge"]
    cell.voltages = ["v"]
    cell.gates = {"ge": "siemens"}
    cell.drives = {"I": 150e-12}
    cell.initial = {"v": "-65 mV", "h": "1"}
    return cell


def izhikevich(random, dt):
    """Izhikevich's neuron, without dimensions."""
    cell = Cell({}, "")
    cell.features |= {"free equations", "free: Izhikevich"}
    cell.rest, cell.threshold = -70, 30
    a, b, c, d = random.choice(
        [(0.02, 0.2, -65, 8), (0.02, 0.2, -55, 4), (0.1, 0.2, -65, 2), (0.02, 0.25, -65, 2)])
    cell.entry = {
        "equations": "dv/dt = (0.04*v**2 + 5*v + 140 - u + I + s)/ms : 1\n"
        "du/dt = a*(b*v - u)/ms : 1\nds/dt = -s/(4*ms) : 1\nI : 1",
        "parameters": {"a": f"{a}", "b": f"{b}"},
        "spike": {"threshold": "v >= 30", "reset": f"v = {c}; u += {d}"}}
    cell.recorded = ["v", "u", "s"]
    cell.voltages = ["v"]
    cell.gates = {"s": 3.0}
    cell.drives = {"I": 8.0}
    cell.initial = {"v": "-70", "u": "-14"}
    return cell


def free(random, dt):
    return random.choices([random_system, hodgkin_huxley, izhikevich], [6, 2, 1])[0](random, dt)
