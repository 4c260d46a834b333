"""Neurons of a case in Dendrify: version 2 (`current`) and version 1 (`paper`).

Both give (group, further objects): the group's names are Dendrify's. What `NAMES` says of
version 1 translates to Coppice's names.
"""

import sys

import brian2 as b
import dendrify
from brian2 import cm, mS, mV, ms, nS, ohm, pA, pF, uF, um, uS

from values import split

UNITS = {
    "": 1, "mV": mV, "ms": ms, "pA": pA, "nS": nS, "pF": pF, "um": um, "Hz": b.Hz,
    "uF/cm^2": uF / cm**2, "uS/cm^2": uS / cm**2, "mS/cm^2": mS / cm**2, "ohm*cm": ohm * cm,
}
GEOMETRY = ["length", "diameter", "cm", "gl", "cm_abs", "gl_abs", "r_axial", "v_rest",
            "scale_factor", "spine_factor"]
WIDE = ["cm", "gl", "r_axial", "v_rest", "scale_factor", "spine_factor"]
# Parameters of version 2 under their names in version 1.
OLD_PARAMETERS = {"Mg_con": "Mg", "Alpha_NMDA": "alpha", "Beta_NMDA": "beta", "Gamma_NMDA": "gamma"}


def value(text):
    """A quantity of a job in Brian: the number times the unit."""
    number, unit = split(text)
    return number * UNITS[unit]


def given(entry, keys):
    return {key: value(entry[key]) for key in keys if key in entry}


def named(entry, keys):
    return {key: value(entry[key]) if key in entry else None for key in keys}


def reversal(text):
    return text if text.startswith("E_") else value(text)


def add_synapses(part, entries, tag_name):
    for synapse in entries:
        times = given(synapse, ["t_rise", "t_decay"])
        part.synapse(
            synapse["channel"], g=value(synapse["g"]), scale_g=synapse.get("scale_g", False),
            **{tag_name: synapse["tag"]}, **times)


def conductance(text, dendrite):
    """Of a density, times the area without factors: that of a dendrite that has none."""
    if not text.endswith("/cm^2"):
        return value(text)
    return value(text) * dendrite.area


def bare(name, entry):
    return dendrify.Dendrite(name, **given(entry, ["length", "diameter"]))


def refractoriness(spike):
    """As Brian takes it."""
    text = spike.get("refractory")
    if text is None:
        return False
    try:
        return value(text)
    except (TypeError, KeyError):
        return text


def compartments_and_edges(entry, make, cycle):
    parts = {name: make(name, given_entry) for name, given_entry in entry["compartments"].items()}
    edges = []
    for first, second, *how in entry["couplings"] + ([cycle] if cycle else []):
        kind = [how[0] if "cylinder" in how[0] else value(how[0])] if how else []
        edges.append((parts[first], parts[second], *kind))
    return parts, edges


def customize(model, entry):
    """Equations and parameters of the user's own, as Dendrify 2 takes them."""
    for left, equation in entry.get("replace", {}).items():
        lines = [line for line in model.equations.splitlines()
                 if line.split(":")[0].split("=")[0].strip() == left]
        old, = lines
        model.replace_equations(old, equation)
    if "equations" in entry:
        model.add_equations(entry["equations"])
    model.add_params({key: value(text) for key, text in entry.get("parameters", {}).items()})


def second_reset(group, spike, parameters):
    """By hand where Dendrify has none."""
    if "second_reset" not in spike:
        return []
    after = b.Synapses(group, group, on_pre=spike["second_reset"],
                       delay=value(spike["spike_width"]), namespace=parameters,
                       name=f"z_second_{group.name}")
    after.connect(j="i")
    return [after]


def events_of(entry):
    return {name: event["condition"] for name, event in entry.get("events", {}).items()}


def act_on_events(group, entry):
    for name, event in entry.get("events", {}).items():
        group.run_on_event(name, event["action"])


def current_compartments(entry, size, hints, cycle):
    """A NeuronModel of Dendrify 2."""
    defaults = dict(dendrify.default_params())
    # Dendritic spikes take potentials from the defaults of all models, when they are made.
    dendrify.update_default_params({
        key: value(text) for key, text in entry.get("parameters", {}).items()
        if key in ("E_Na", "E_K")})
    config = {}

    def make(name, own):
        kind = dendrify.Soma if own.get("kind") == "soma" else dendrify.Dendrite
        model = {"model": own["model"]} if "model" in own else {}
        part = kind(name, **model, **given(own, GEOMETRY))
        add_synapses(part, own.get("synapses", []), "tag")
        for spike in own.get("dspikes", []):
            times = given(spike, ["duration_rise", "duration_fall", "offset_fall", "refractory"])
            times |= {key: reversal(spike.get(key, default)) for key, default in
                      [("reversal_rise", "E_Na"), ("reversal_fall", "E_K")]}
            threshold = {"threshold": value(spike["threshold"])}
            conductances = {key: conductance(spike[key], bare(name, own))
                            for key in ["g_rise", "g_fall"]}
            if hints["configured"]:
                # Sets the threshold of all dendrites, too: put back below.
                config.setdefault(spike["name"], []).append((name, threshold, times))
                part.dspikes(spike["name"], **conductances)
            else:
                part.dspikes(spike["name"], **threshold, **conductances, **times)
        return part

    _, edges = compartments_and_edges(entry, make, cycle)
    model = dendrify.NeuronModel(edges, **given(entry, WIDE))
    thresholds = {}
    for name, places in config.items():
        model.config_dspikes(name, threshold=places[0][1]["threshold"], **places[0][2])
        for compartment, threshold, _ in places:
            thresholds[f"Vth_{name}_{compartment}"] = threshold["threshold"]
    customize(model, entry)
    model.add_params(thresholds)
    spike = entry["spike"]
    options = {key: spike[key] for key in ["threshold", "reset"]}
    options["refractory"] = refractoriness(spike)
    if "second_reset" in spike:
        options |= {"second_reset": spike["second_reset"],
                    "spike_width": value(spike["spike_width"])}
    if "events" not in entry:
        made = model.make_neurongroup(size, **options)
        group, *more = made if isinstance(made, tuple) else (made,)
    else:
        # Dendrify makes no group with events of the user's own.
        for key in ["second_reset", "spike_width"]:
            options.pop(key, None)
        group = b.NeuronGroup(
            size, model=model.equations, method="euler", namespace=model.parameters,
            events={**model.events, **events_of(entry)}, **options)
        for compartment in model._compartments:
            setattr(group, f"V_{compartment.name}", compartment._ephys_object.v_rest)
        for event, action in model.event_actions.items():
            group.run_on_event(event, action)
        act_on_events(group, entry)
        more = second_reset(group, spike, model.parameters)
    dendrify.update_default_params(defaults)
    for part in group.contained_objects:
        # Dendrify hands the name of a slot over as an order, which cannot be compared.
        if isinstance(part.order, str):
            part.order = 0
    return group, more, {}


def current_point(entry, size):
    """A PointNeuronModel of Dendrify 2; it has no second reset, and no replacing of equations."""
    point = entry["point"]
    model = dendrify.PointNeuronModel(point["model"], **given(point, GEOMETRY))
    add_synapses(model, point.get("synapses", []), "tag")
    # By lines: one equation may be the end of another.
    model.replace_equations = lambda old, new: setattr(
        model, "_equations", "\n".join(
            new if line == old else line for line in model._equations.split("\n")))
    customize(model, entry)
    spike = entry["spike"]
    group = model.make_neurongroup(
        size, method="euler", threshold=spike["threshold"], reset=spike["reset"],
        refractory=refractoriness(spike), events=events_of(entry))
    # Defaults win over what `add_params` sets, in a PointNeuronModel.
    group.namespace.update(
        {key: value(text) for key, text in entry.get("parameters", {}).items()})
    act_on_events(group, entry)
    return group, second_reset(group, spike, model.parameters), {}


def free_equations(entry, size):
    parameters = {key: value(text) for key, text in entry["parameters"].items()}
    spike = entry["spike"]
    group = b.NeuronGroup(
        size, entry["equations"], method="euler", threshold=spike["threshold"],
        reset=spike.get("reset"), refractory=refractoriness(spike), events=events_of(entry),
        namespace=parameters)
    act_on_events(group, entry)
    return group, second_reset(group, spike, parameters), {}


def paper_compartments(entry, size, cycle):
    """A NeuronModel of Dendrify 1, linked to a group of the user's."""
    active = []

    def make(name, own):
        kind = dendrify.Soma if own.get("kind") == "soma" else dendrify.Dendrite
        text = own.get("equations", own.get("model"))
        model = {} if text is None else {"model": text}
        part = kind(name, **model, **given(own, GEOMETRY))
        add_synapses(part, own.get("synapses", []), "pre")
        for spike in own.get("dspikes", []):
            part.dspikes("Na", threshold=value(spike["threshold"]), **{
                key: conductance(spike[key], bare(name, own)) for key in ["g_rise", "g_fall"]})
            active.append((name, spike))
        return part

    parts, edges = compartments_and_edges(entry, make, cycle)
    model = dendrify.NeuronModel(edges, **given(entry, WIDE))
    if active:
        model.dspike_properties("Na", **given(
            active[0][1], ["tau_rise", "tau_fall", "offset_fall", "refractory"]))
    for left, equation in entry.get("replace", {}).items():
        # Version 1 replaces nothing: its users edit the text of a compartment.
        for part in parts.values():
            for line in part._equations.splitlines():
                if line.split(":")[0].split("=")[0].strip() == left:
                    part._equations = part._equations.replace(line, equation)
    if "equations" in entry:
        model.add_equations(entry["equations"])
    model.add_params({OLD_PARAMETERS.get(key, key): value(text)
                      for key, text in entry.get("parameters", {}).items()})
    spike = entry["spike"]
    group = b.NeuronGroup(
        size, model=model.equations, method="euler", threshold=spike["threshold"],
        reset=spike["reset"], refractory=refractoriness(spike),
        events={**model.events, **events_of(entry)}, namespace=model.parameters)
    # `link` looks for the group by name in the main program.
    main = sys.modules["__main__"]
    main.linked_group = group
    model.link(group)
    del main.linked_group
    for name, part in parts.items():
        setattr(group, f"V_{name}", part._ephys_object.v_rest)
    act_on_events(group, entry)
    names = {}
    for name, _ in active:
        names |= {f"g_rise_Na_{name}": f"g_Na_{name}", f"g_fall_Na_{name}": f"g_Kn_{name}",
                  f"spike_Na_{name}": f"activate_I_Na_{name}"}
    return group, second_reset(group, spike, model.parameters), names


def build(name, entry, size, generation, hints):
    """(group, further objects, Coppice's names -> names here) of a model of a job."""
    if "compartments" in entry:
        cycle = hints["cycles"].get(name)
        renamed = {}
        if cycle:
            # The job writes this coupling as equations and replacements; here it is one of all.
            entry = {key: text for key, text in entry.items()
                     if key not in ("equations", "replace")}
            renamed = {f"I_drive_{place}": f"I_ext_{place}" for place in cycle[:2]}
        if generation == "paper":
            group, more, names = paper_compartments(entry, size, cycle)
        else:
            group, more, names = current_compartments(entry, size, hints, cycle)
        return group, more, names | renamed
    if "point" in entry:
        return current_point(entry, size)
    return free_equations(entry, size)
