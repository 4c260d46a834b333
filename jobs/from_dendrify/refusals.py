"""What cannot be carried over, and what to do instead: one row each."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Refusal:
    """Why something of a script has no place in a job. Texts may hold {names}."""

    reason: str
    instead: str


REFUSALS = {
    # Objects
    "object": Refusal(
        "an object of the class {kind} has no place in a job",
        "leave it out, or write what it does as equations, synapses or run_regularly"),
    "network-operation": Refusal(
        "a network_operation is Python code, which cannot run on a cluster without Python",
        "write it as run_regularly, as a TimedArray, or as changes between two run()"),
    "spatial-neuron": Refusal(
        "a neuron of Brian's multicompartment kind is integrated in another way",
        "write it as a model of a few compartments, with Dendrify"),
    "own-clock": Refusal(
        "it has a time step of its own ({dt}), and a job has one ({job})",
        "leave out its dt"),
    "changed-dt": Refusal(
        "the time step changes between two run()",
        "set defaultclock.dt once, before the first run()"),
    "schedule": Refusal(
        "it runs in the slot '{when}', at the order {order}, and a job's order of a step is fixed",
        "leave out 'when' and 'order'"),
    "network-schedule": Refusal(
        "the network has a schedule of its own, and a job's order of a step is fixed",
        "leave the schedule as it is"),
    "late-neurons": Refusal(
        "it joins a simulation that has begun",
        "make it before the first run(), and connect it or drive it later"),
    "paused-neurons": Refusal(
        "it is not active in all of the simulation, and neurons of a job cannot stand still",
        "switch its synapses or its input off instead"),
    "linked-variable": Refusal(
        "'{name}' is linked to a variable of another group",
        "send it by spikes, or give each group a copy of it"),
    # Equations
    "method": Refusal(
        "it is integrated by '{method}', which Coppice has not",
        "give method='euler', 'exponential_euler', 'rk2' or 'rk4'"),
    "function": Refusal(
        "'{name}' is a function of the script's own",
        "write it as an expression, or as a TimedArray of t"),
    "timed-array": Refusal(
        "'{call}' reads an array over time by more than t and i",
        "call it with t, or with t and i"),
    "timed-array-stage": Refusal(
        "'{name}' changes within a step of the method '{method}'",
        "use method='euler', or rk2 with an array whose dt is a multiple of the step's"),
    "value": Refusal(
        "'{name}' is {value}, which is no number of a job",
        "give it a finite number"),
    # Synapses
    "on-post": Refusal(
        "'on_post' acts on spikes of the target",
        "leave plasticity out: weights stay as they are"),
    "synapse-equations": Refusal(
        "the synapses have equations of their own ('{name}')",
        "move them to the target's equations, one variable for all synapses of a kind"),
    "synapse-state": Refusal(
        "'on_pre' changes a variable of the synapse ('{name}')",
        "leave plasticity out: weights stay as they are"),
    "source-variable": Refusal(
        "'on_pre' reads '{name}' of the source",
        "make what it carries a weight of the synapse"),
    "two-weights": Refusal(
        "one statement of 'on_pre' reads several variables that differ from synapse to synapse"
        " ({names})",
        "multiply them beforehand, so that there is one weight"),
    "target-w": Refusal(
        "'on_pre' acts on the target's variable 'w', a name that is the weight's in a job",
        "give the variable of the neurons another name"),
    "custom-event": Refusal(
        "the synapses act on the event '{event}', and only spikes travel in a job",
        "make the event the neurons' threshold, or act on the neuron itself by run_on_event"),
    "changed-weights": Refusal(
        "'{name}' changes between two run(), while spikes may be on their way",
        "make two Synapses, and switch from one to the other, or leave out the delay"),
    "changed-delays": Refusal(
        "delays change between two run()",
        "make two Synapses, and switch from one to the other"),
    "target-generator": Refusal(
        "its target is no group of neurons",
        "let it act on neurons"),
    # Inputs
    "rates": Refusal(
        "its rates are {what}",
        "use one rate for all, an array, an expression in t and i, or --replay"),
    "input-rate": Refusal(
        "the {what} of a PoissonInput is no single number",
        "use one number, or a PoissonGroup with synapses"),
    "generator-code": Refusal(
        "run_regularly changes a generator",
        "write its rates as an expression in t, or use --replay"),
    # Runs
    "restore": Refusal(
        "restore() goes back to {time}, and a job goes forward",
        "store() before the first run(), or write two scripts"),
    "code-order": Refusal(
        "run_regularly acts in the slot '{when}'",
        "leave out 'when': a job's statements act at the start of a step"),
    "monitor-order": Refusal(
        "it records '{name}' before '{runner}' changes it in the same step, by the order of their"
        " names",
        "name the monitor so that it sorts behind, or leave the names to Brian"),
    "reordered-code": Refusal(
        "run_regularly is switched off and on again",
        "let its code depend on t"),
    "every": Refusal(
        "its dt ({dt}) is no multiple of the time step",
        "give it a multiple"),
    # Recordings
    "monitor-slot": Refusal(
        "it records in the slot '{when}', and a job records at the start of a step",
        "leave out 'when' and 'order'; a row after a step is the next row"),
    "monitor-target": Refusal(
        "it records {what}",
        "record variables of neurons, spikes, events and rates of whole groups"),
    "spike-variables": Refusal(
        "it records variables at spikes ({names})",
        "record them by a StateMonitor, and read the rows of the spikes"),
    # The script
    "failed": Refusal(
        "the script ended with {error}",
        "let it run to its end in Python first"),
    "no-run": Refusal(
        "the script runs no simulation",
        "call run() somewhere"),
    "empty": Refusal(
        "the simulation holds no neurons",
        "add a NeuronGroup to the network that runs"),
    # Coppice
    "check": Refusal(
        "Coppice refuses the job: {text}",
        "change what it names in the script"),
}


class CannotCarryOver(Exception):
    """Rows of the table, each with where it was found."""

    def __init__(self, found):
        super().__init__(f"{len(found)} things cannot be carried over")
        self.found = found


class Findings:
    """Collects refusals, so that a script's author sees them all at once."""

    def __init__(self, place):
        # Says for people where a line of the script is.
        self.place = place
        self.found = []

    def refuse(self, key, name_of_object="", line=None, **details):
        """Notes a refusal of an object of the script."""
        row = REFUSALS[key]
        entry = {"key": key, "object": name_of_object, "line": line,
                 "reason": row.reason.format(**details), "instead": row.instead.format(**details)}
        if entry not in self.found:
            self.found.append(entry)

    def check(self):
        """Raises what was found, if anything was."""
        if self.found:
            raise CannotCarryOver(self.found)

    def lines(self):
        for entry in self.found:
            name = f"{entry['object']}: " if entry["object"] else ""
            yield f"{self.place(entry['line'])}: {name}{entry['reason']} [{entry['key']}]"
            yield f"  instead: {entry['instead']}"
