"""The machine: what it is, and who else is busy on it."""

import hashlib
import os
import pathlib
import platform
import re
import shutil
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]


def described():
    """What of this machine matters to a figure."""
    return {
        "host": platform.node(), "processor": _processor(), "cores": cores(),
        "instructions": _instructions(), "caches": _caches(), "memory_bytes": _memory(),
        "kernel": platform.release(), "threads_per_core": _threads_per_core(),
    }


def cores():
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0))


def versions(binary):
    """Versions of what was measured, and of what it was built and run with."""
    return {
        "coppice": _first_line([str(binary), "version"]),
        "commit": _first_line(["git", "-C", str(TOP), "rev-parse", "HEAD"]),
        "changed_files": len(_output(
            ["git", "-C", str(TOP), "status", "--porcelain", "--untracked-files=no"]).splitlines()),
        "binary_sha256": hashlib.sha256(pathlib.Path(binary).read_bytes()).hexdigest(),
        "c_compiler": _first_line(["cc", "--version"]),
        "mpirun": _first_line(["mpirun", "--version"]),
        "python": platform.python_version(),
    }


class Clock:
    """Processor time of the machine as a whole, from /proc/stat, in seconds."""

    def __init__(self):
        ticks = os.sysconf("SC_CLK_TCK")
        fields = pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
        user, nice, system, _, _, interrupts, soft, stolen = map(int, fields[:8])
        self.busy = (user + nice + system + interrupts + soft) / ticks
        self.stolen = stolen / ticks


def others(before, after, own_seconds, wall_seconds):
    """The share of this machine's processors that others had between two clocks, and the share
    that the host took away."""
    capacity = max(wall_seconds, 1e-9) * os.cpu_count()
    busy = max(0.0, after.busy - before.busy - own_seconds)
    return {"others": busy / capacity, "stolen": (after.stolen - before.stolen) / capacity}


def _processor():
    found = re.search(r"^model name\s*:\s*(.*)$", _read("/proc/cpuinfo"), re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def _instructions():
    flags = re.search(r"^flags\s*:\s*(.*)$", _read("/proc/cpuinfo"), re.MULTILINE)
    known = flags[1].split() if flags else []
    return [one for one in ("avx2", "fma", "avx512f", "avx512dq") if one in known]


def _threads_per_core():
    siblings = _read("/sys/devices/system/cpu/cpu0/topology/thread_siblings_list").strip()
    return len(re.findall(r"\d+", siblings)) if siblings else 1


def _caches():
    found = {}
    for index in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        if _read(index / "type").strip() != "Instruction":
            found["L" + _read(index / "level").strip()] = _read(index / "size").strip()
    return found


def _memory():
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _read(path):
    try:
        return pathlib.Path(path).read_text()
    except OSError:
        return ""


def _output(command):
    if shutil.which(command[0]) is None:
        return ""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def _first_line(command):
    lines = _output(command).strip().splitlines()
    return lines[0] if lines else "none"
