"""Can a survey of accounts tell machines from people, and how long does it take?

`--learn` simulates attacks, fits what each deviation adds to suspicion, and writes it into the product.
Without it, worlds of other seeds are surveyed with what the product knows; then 10 million listens are timed.
Writes the numbers into docs/trust.md, between the lines that begin and end them.
"""

import argparse
import json
import os
import pathlib

import drawing
from keep import Run

TABLE = pathlib.Path("../listens/src/trust/coefficients.rs")
PAGE = pathlib.Path("../docs/trust.md")
MARKS = ("<!-- numbers -->\n", "<!-- /numbers -->\n")
# As the world names them, and as people do.
MACHINES = {"Bot": "machine that plays one recording or artist", "PushBot": "push", "DemoteBot": "demote", "MixedBot": "mixed"}
PEOPLE = {
    "Honest": "ordinary people",
    "Heavy": "people who listen all day",
    "SharedWithChild": "shared with a child",
    "Hijacked": "taken over by a thin attack",
}
LOGS = {"ends": "with endings and opinions", "starts": "starts alone"}


def main():
    parser = argparse.ArgumentParser(prog="bench/run trust", description=__doc__.splitlines()[0])
    parser.add_argument("--learn", action="store_true", help="learn anew, and write what was learned into the product")
    parser.add_argument("--seeds", type=int, default=6, help="worlds for each kind of tastes and attack")
    parser.add_argument("--listens", type=int, default=10_000_000, help="listens that are timed")
    parser.add_argument("--to", help="folder of the run")
    arguments = parser.parse_args()
    run = Run("trust", arguments.to)
    binary = f"{os.environ['BENCH_BIN']}/trust"
    if arguments.learn:
        table, _ = run.execute([binary, "learn", "--seeds", str(arguments.seeds)])
        TABLE.write_text(table)
        run.keep({"question": "learn", "answer": table})
        print(f"{TABLE} is written; run the same without --learn to measure it")
        return
    worlds = json.loads(run.execute([binary, "judge", "--seeds", str(arguments.seeds)])[0])
    run.keep({"question": "judge", "answer": worlds})
    time = json.loads(run.execute([binary, "time", "--listens", str(arguments.listens)])[0])
    run.keep({"question": "time", "answer": time})
    rows = table_of(worlds)
    draw(run.folder, worlds)
    run.tell(["accounts", *LOGS.values()], rows)
    write(run, worlds, time, rows)


def shares(worlds, log):
    """Accounts of each kind that were judged, and how many of these are believed less."""
    found = {}
    for world in worlds:
        if world["log"] == log:
            for kind, (_, judged, distrusted) in world["accounts"].items():
                before = found.get(kind, (0, 0))
                found[kind] = (before[0] + judged, before[1] + distrusted)
    return found


def table_of(worlds):
    by_log = {log: shares(worlds, log) for log in LOGS}
    odd = sorted(kind for kind in by_log["ends"] if kind not in MACHINES | PEOPLE)
    rows = []
    for kind in [*MACHINES, *PEOPLE, *odd]:
        name = {**MACHINES, **PEOPLE}.get(kind, kind)
        rows.append([name, *(cell(by_log[log].get(kind, (0, 0))) for log in LOGS)])
    return rows


def cell(counts):
    judged, distrusted = counts
    return f"{100 * distrusted / judged:.1f} % of {judged:,}" if judged else "none"


def attacks(worlds):
    """Of each attack, how often its target is found by its audience, and how far plays of it are believed."""
    rows = []
    for attack in dict.fromkeys(world["attack"] for world in worlds):
        told = [world for world in worlds if world["attack"] == attack]
        found = sum(world["target_is_found"] for world in told)
        believed = [mean(world["believed"][who] for world in told) for who in ("attackers", "people")]
        rows.append([attack, f"{found} of {len(told)}", *(f"{weight:.2f}" for weight in believed)])
    return rows


def mean(values):
    known = [value for value in values if value is not None]
    return sum(known) / max(1, len(known))


def write(run, worlds, time, rows):
    seconds = time["learn_seconds"] + time["judge_seconds"]
    others = sum(world["others_found"] for world in worlds)
    lines = [
        f"Simulated, {len(worlds)} logs of worlds from whose seeds nothing was learned (`bench/run trust`, kept in `bench/{run.folder}`).",
        "Accounts that are believed less, of those that were judged:",
        "",
        *markdown(["accounts", *LOGS.values()], rows),
        "",
        "The people of a world are the same in its four attacks: a quarter of each of their numbers are different people.",
        "The last rows are habits that people have and simulated ones lack, worked into some of their histories, each strong enough to fill a good part of it.",
        "",
        "What is left of an attack, the weight of its target among those who attack and among the other people who know it, where 1 is all:",
        "",
        *markdown(["attack", "target found by its audience", "attackers", "people"], attacks(worlds)),
        "",
        f"{others} other recordings were taken for pushed ones.",
        f"Surveying {time['listens']:,} listens of {time['accounts']:,} accounts takes {seconds:.1f} s beside reading them, "
        f"of which the comparison {time['judge_seconds']:.1f} s; their import takes half a minute and more.",
        "",
    ]
    page = PAGE.read_text()
    before, _, rest = page.partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    PAGE.write_text(before + MARKS[0] + "\n" + "\n".join(lines) + "\n" + MARKS[1] + after)


def markdown(titles, rows):
    return [f"| {' | '.join(cells)} |" for cells in (titles, ["---"] * len(titles), *rows)]


def draw(folder, worlds):
    """The share of each kind that is believed less."""
    figure, ((axes,),) = drawing.panels(1, 1, width=7, height=4.6)
    found = shares(worlds, "ends")
    odd = sorted(kind for kind in found if kind not in MACHINES | PEOPLE)
    kinds = [kind for kind in [*MACHINES, *PEOPLE, *odd] if found.get(kind, (0, 0))[0]]
    for row, kind in enumerate(kinds):
        judged, distrusted = found[kind]
        color = drawing.RIVAL if kind in MACHINES else drawing.OURS
        axes.barh(row, 100 * distrusted / judged, color=color, height=0.6)
    axes.set_yticks(range(len(kinds)), [{**MACHINES, **PEOPLE}.get(kind, kind) for kind in kinds])
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.set_xlim(0, 105)
    axes.set_xlabel("believed less, % of accounts")
    axes.set_title("machines, people and people with odd habits")
    drawing.save(figure, folder, "Who is believed less")


if __name__ == "__main__":
    main()
