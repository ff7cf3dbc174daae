"""How is a run kept?

A folder under `runs/` with `run.json` (machine, versions, commit, every command), `numbers.json` (all that was
measured, written anew after each measurement), `table.md` (what was printed at the end) and a plot.
"""

import datetime
import json
import os
import pathlib
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version

# Scripts run in their own folder, so that what is kept names no other.
os.chdir(pathlib.Path(__file__).resolve().parent)


class Run:
    """One run of one proof."""

    def __init__(self, proof, folder=None):
        self.folder = pathlib.Path(folder) if folder else vacant(proof)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.record = {
            "command": shlex.join(["bench/run", proof, *sys.argv[1:]]),
            "started_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "commit": git("rev-parse", "HEAD"),
            "uncommitted_changes": bool(git("status", "--porcelain", "--", "..", ":!runs")),
            "machine": machine(),
            "versions": versions(),
            "commands": [],
        }
        busy = self.record["machine"]["cores_busy"]
        if busy > 0.5:
            print(f"Other work keeps {busy:.1f} cores busy: times will be too long.", file=sys.stderr)
        self.numbers = []

    def resume(self):
        """Takes up what an earlier run kept in the folder."""
        self.numbers = json.loads((self.folder / "numbers.json").read_text())
        self.record["before"] = json.loads((self.folder / "run.json").read_text())

    def execute(self, command, **environment):
        """Runs a command and returns its standard output and the seconds it took."""
        command = self.noted(command)
        since = time.perf_counter()
        done = subprocess.run(
            command, env=os.environ | environment, capture_output=True, text=True
        )
        if done.returncode != 0:
            sys.exit(f"{shlex.join(command)}\nended with {done.returncode}:\n{done.stderr[-4000:]}")
        return done.stdout, time.perf_counter() - since

    def noted(self, command):
        """The words of a command, which the run keeps."""
        command = [relative(word) for word in command]
        self.record["commands"].append(shlex.join(command))
        return command

    def start(self, command, errors, **environment):
        """Starts a command that is told and tells line by line, and writes its errors to a file."""
        command = self.noted(command)
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": errors}
        return subprocess.Popen(command, env=os.environ | environment, text=True, **pipes)

    def keep(self, numbers):
        """Adds what was measured, and writes everything so far."""
        self.numbers.append(numbers)
        (self.folder / "numbers.json").write_text(json.dumps(self.numbers, indent=1) + "\n")
        (self.folder / "run.json").write_text(json.dumps(self.record, indent=1) + "\n")

    def tell(self, titles, rows, *more):
        """Prints a table, and titles and rows of more, and keeps them."""
        tables = [titles, rows, *more]
        text = "\n".join(laid_out(*table) for table in zip(tables[::2], tables[1::2]))
        (self.folder / "table.md").write_text(text)
        print(f"\n{text}\nkept in {self.folder}")


def laid_out(titles, rows):
    """A table in Markdown."""
    lines = [f"| {' | '.join(titles)} |", f"| {' | '.join('---' for _ in titles)} |"]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def table_of(folder):
    """The listening of HetRec 2011 Last.fm-2K in a folder, as whoever called names it."""
    table = pathlib.Path(os.environ.get("CALLED_FROM", "."), folder).resolve() / "user_artists.tsv"
    if not table.exists():
        sys.exit(f"{table} expected, which is not there: name the folder of HetRec 2011 Last.fm-2K.")
    return table


def relative(word):
    """A path of this project as seen from here."""
    return str(word).replace(f"{pathlib.Path.cwd()}/", "")


def vacant(proof):
    """A folder for today that is not there yet."""
    name = f"{datetime.date.today()}-{proof}"
    again = (f"{name}-{n}" for n in range(2, 1000))
    return next(pathlib.Path("runs", n) for n in [name, *again] if not (pathlib.Path("runs", n)).exists())


def scratch():
    """A folder that is gone when the `with` ends; beside the data, as factors may be large."""
    pathlib.Path("data").mkdir(exist_ok=True)
    return tempfile.TemporaryDirectory(dir="data", prefix="scratch-")


def git(*arguments):
    done = subprocess.run(["git", *arguments], capture_output=True, text=True)
    return done.stdout.strip()


def machine():
    lscpu = subprocess.run(["lscpu"], capture_output=True, text=True).stdout.splitlines()
    about = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lscpu)}
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "cpu": about.get("Model name", platform.processor()),
        "family_model_stepping": [about.get(key) for key in ("CPU family", "Model", "Stepping")],
        "cores": os.cpu_count(),
        "caches": {key: value for key, value in about.items() if key.endswith("cache")},
        "instructions": [
            flag for flag in about.get("Flags", "").split() if flag in ("avx2", "fma", "f16c", "avx512f")
        ],
        "hypervisor": about.get("Hypervisor vendor"),
        "memory_bytes": memory,
        "kernel": platform.release(),
        "cores_busy": busy_cores(),
    }


def busy_cores(seconds=1.0):
    """How many cores other work keeps busy just now."""

    def ticks():
        user, nice, system, idle, waiting, *rest = map(int, open("/proc/stat").readline().split()[1:])
        return idle + waiting, user + nice + system + idle + waiting + sum(rest[:3])

    idle, whole = ticks()
    time.sleep(seconds)
    idle_after, whole_after = ticks()
    return os.cpu_count() * (1 - (idle_after - idle) / max(1, whole_after - whole))


def versions():
    rust = shutil.which("rustc") and subprocess.run(["rustc", "-V"], capture_output=True, text=True)
    packages = {name: version(name) for name in ("implicit", "numpy", "scipy", "matplotlib")}
    return {"python": platform.python_version(), "rust": rust.stdout.strip() if rust else None} | packages
