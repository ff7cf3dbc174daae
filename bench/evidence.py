"""What is each rule about evidence worth? One change of the configuration at a time.

In two kinds of simulated worlds, whose logs err as real ones do: which share of weekly lists do their listeners love,
and how well is foreseen what will be heard first and liked? Seeds are worlds; differences are paired by them.
Under attack: what becomes of the target, and who is distrusted? On real listening (HetRec 2011 Last.fm-2K, counts
without times): how well are the gaps of profiles filled?
The variants are those of evidence.toml. Writes docs/what-counts-as-evidence.md from the text beside this script.
"""

import argparse
import concurrent.futures
import json
import math
import os
import pathlib
import statistics
import tomllib

from scipy.stats import t as student

from keep import Run

K = 30
TASTES = ("vectors", "rules")
FLAWLESS = ", flawless"
PLACES = [*TASTES, *(tastes + FLAWLESS for tastes in TASTES), "lastfm"]
BASE = ("base", "defaults")
ATTACKS = {
    "push": "an army plays it all night",
    "demote": "an army breaks it off and dislikes it",
    "thin": "ten times as many real accounts play it once a day",
    "mixed": "bots with tastes of their own slip it in",
}
HOLDERS = {"honest": "people", "heavy": "people who listen all day", "bots": "bots", "hijacked": "hijacked people"}
MEASURES = {"loved": "loved", "ndcg": f"NDCG@{K}"}


def main():
    parser = argparse.ArgumentParser(prog="bench/run evidence", description=__doc__.splitlines()[0])
    parser.add_argument("--again", help="folder of a run, to write the page anew from what it kept")
    parser.add_argument("--resume", help="folder of a run, to ask what it has no answer to")
    parser.add_argument("--seeds", type=int, default=5, help="worlds of each kind")
    parser.add_argument("--attacked", type=int, default=3, help="worlds of each kind that are attacked as well")
    parser.add_argument("--groups", help="only these, by their keys, with commas; `trust` are the attacks")
    parser.add_argument("--listeners", type=int, default=250)
    parser.add_argument("--recordings", type=int, default=3000)
    parser.add_argument("--weeks", type=int, default=26)
    parser.add_argument("--heavy", type=int, default=10, help="people who listen all day, in worlds under attack")
    parser.add_argument("--judged", type=int, default=60, help="listeners of a world whose lists are judged")
    parser.add_argument("--folds", type=int, default=5, help="of the counts")
    parser.add_argument("--lastfm", default="../../shared/data/lastfm-hetrec", help="folder of HetRec 2011 Last.fm-2K")
    parser.add_argument("--jobs", type=int, default=2, help="worlds at once, each on one thread")
    parser.add_argument("--to", help="folder of the run")
    parser.add_argument("--page", default="../docs/what-counts-as-evidence.md", help="where the page goes")
    arguments = parser.parse_args()
    table = tomllib.loads(pathlib.Path("evidence.toml").read_text())
    if arguments.again:
        folder = pathlib.Path(arguments.again)
        numbers = json.loads((folder / "numbers.json").read_text())
        write(arguments.page, folder, table, numbers)
        return
    chosen = arguments.groups.split(",") if arguments.groups else None
    groups = [group for group in table["group"] if chosen is None or group["key"] in chosen]
    trust = table["trust"] if chosen is None or "trust" in chosen else []
    run = Run("evidence", arguments.resume or arguments.to)
    if arguments.resume:
        run.resume()
    measure(run, groups, trust, arguments)
    write(arguments.page, run.folder, table, run.numbers)
    run.tell(*summary(table, run.numbers))


def measure(run, groups, trust, arguments):
    """Asks the binary about every world; an answer is kept as soon as it is there, and one failure loses no other."""
    lines = [variant | {"group": group["key"]} for group in groups for variant in group["variant"]]
    base = {"group": BASE[0], "name": BASE[1]}
    worlds = [line for line in lines if line.get("worlds", True)]
    loved = file(run, "variants", [base, *worlds])
    is_clean = {group["key"] for group in groups if group.get("flawless")}
    clean = file(run, "flawless", [base, *(line for line in worlds if line["group"] in is_clean)])
    counts = file(run, "counts", [base, *(line for line in lines if line.get("counts"))])
    attacked = file(run, "trust", [line | {"group": "trust"} for line in trust])
    sizes = {name: getattr(arguments, name) for name in ("seeds", "listeners", "recordings", "weeks", "judged", "folds")}
    if not any(one["question"] == "sizes" for one in run.numbers):
        run.keep({"question": "sizes", "sizes": sizes, "answer": []})
    size = ["--listeners", arguments.listeners, "--recordings", arguments.recordings, "--weeks", arguments.weeks]
    questions = []
    for seed in range(1, arguments.seeds + 1):
        for tastes in TASTES:
            world = ["--tastes", tastes, "--seed", seed, *size]
            if worlds:
                questions.append(["world", *world, "--judged", arguments.judged, "--variants", loved])
            if is_clean:
                questions.append(["world", *world, "--flawless", "--judged", arguments.judged, "--variants", clean])
            if trust and seed <= arguments.attacked:
                questions.append(["attacks", *world, "--heavy", arguments.heavy, "--variants", attacked])
    triples = pathlib.Path(arguments.lastfm) / "user_artists.tsv"
    wants_counts = any(line.get("counts") for line in lines)
    if wants_counts and triples.exists():
        questions.append(["counts", "--triples", triples, "--folds", arguments.folds, "--variants", counts])
    elif wants_counts:
        print(f"{triples} is not there: the counts of Last.fm are left out", flush=True)
    answered = {one.get("asked") for one in run.numbers}
    questions = [question for question in questions if told_world(question) not in answered]
    n_failures = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        asked = {pool.submit(ask, run, question): question for question in questions}
        for done, answer in enumerate(concurrent.futures.as_completed(asked), start=1):
            question = asked[answer]
            about = told_world(question)
            if answer.exception():
                n_failures += 1
                print(f"{done} of {len(asked)}: {about}: {answer.exception()}", flush=True)
                continue
            told, seconds = answer.result()
            run.keep({"question": question[0], "asked": about, "seconds": seconds, "answer": told})
            print(f"{done} of {len(asked)}: {about} in {seconds:.0f} s", flush=True)
    if n_failures:
        raise SystemExit(f"{n_failures} questions have no answer, the others are kept in {run.folder}")


def told_world(question):
    """What is asked about, for whoever waits and for whoever asks again."""
    if question[0] == "counts":
        return "counts"
    flawless = " flawless" if "--flawless" in question else ""
    return f"{question[0]}{flawless} {question[2]} {question[4]}"


def ask(run, question):
    """The lines of an answer, and the seconds it took."""
    command = [os.environ["BENCH_BIN"] + "/evidence", *question]
    output, seconds = run.execute(command, RAYON_NUM_THREADS="1")
    return [json.loads(line) for line in output.splitlines()], seconds


def file(run, name, variants):
    """Variants as the binary reads them, kept with the run."""
    path = run.folder / f"{name}.json"
    told = [{key: value for key, value in one.items() if key not in ("counts", "worlds")} for one in variants]
    path.write_text(json.dumps(told, indent=1) + "\n")
    return path


class Told:
    """What was measured, by place: a world of some kind and seed, or a fold of the counts."""

    def __init__(self, numbers):
        self.values = {}
        self.attacks = []
        for one in numbers:
            for line in one["answer"]:
                variant = (line["group"], line["name"])
                if one["question"] == "world":
                    for what in MEASURES:
                        place = (what, line["world"]["tastes"] + (FLAWLESS if line["world"]["flawless"] else ""))
                        self.values.setdefault(place, {}).setdefault(variant, {})[line["world"]["seed"]] = line[what]
                elif one["question"] == "counts":
                    self.values.setdefault(("ndcg", "lastfm"), {}).setdefault(variant, {})[line["fold"]] = line["ndcg"]
                else:
                    self.attacks.append(line)

    def mean(self, place, variant):
        of = self.values.get(place, {}).get(variant)
        return statistics.fmean(of.values()) if of else None

    def difference(self, place, variant, base):
        """Mean and half of the 95 % interval of the paired differences; None where either was not measured."""
        of, others = (self.values.get(place, {}).get(one) for one in (variant, base))
        if not of or not others:
            return None
        return interval([of[seed] - others[seed] for seed in of if seed in others])


def interval(values):
    """Mean and half of the 95 % interval (Student's t); of one value nobody knows how far it is off."""
    if len(values) < 2:
        return statistics.fmean(values), math.inf
    reach = student.ppf(0.975, len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))
    return statistics.fmean(values), reach


def verdict(differences):
    """What intervals say together: better, worse, both or even."""
    is_better = any(mean - half > 0 for mean, half in differences)
    is_worse = any(mean + half < 0 for mean, half in differences)
    return {(True, True): "both", (True, False): "better", (False, True): "worse"}.get((is_better, is_worse), "even")


def judge(told, variant, base):
    """The verdict of listeners; where they see no difference, that of the log, in brackets."""
    for what, form in (("loved", "{}"), ("ndcg", "({})")):
        differences = [told.difference((what, place), variant, base) for place in PLACES]
        said = verdict([one for one in differences if one])
        if said != "even":
            return form.format(said)
    return "even"


def write(page, folder, table, numbers):
    """The page, from the text beside this script."""
    told = Told(numbers)
    text = pathlib.Path("what-counts-as-evidence.md").read_text()
    measured = [group for group in table["group"] if any(has(told, group["key"], v) for v in group["variant"])]
    text = text.replace("@won@", won(told, measured))
    text = text.replace("@groups@", "\n\n".join(section(told, group) for group in measured))
    text = text.replace("@attacks@", attacks(told, table["trust"]))
    text = text.replace("@distrusted@", distrusted(told, table["trust"]))
    sizes = next(one["sizes"] for one in numbers if one["question"] == "sizes")
    for name, size in sizes.items():
        text = text.replace(f"@{name}@", f"{size:,}")
    pathlib.Path(page).write_text(text.replace("@run@", f"bench/{folder}"))


def has(told, key, variant):
    return any((key, variant["name"]) in variants for variants in told.values.values())


def base_of(group):
    return (group["key"], group["variant"][0]["name"]) if group.get("base") == "first" else BASE


def section(told, group):
    """A heading, what it is about and a table."""
    base = base_of(group)
    names = [(group["key"], variant["name"]) for variant in group["variant"]]
    places = [(what, place) for what in MEASURES for place in PLACES]
    places = [place for place in places if any(told.mean(place, name) is not None for name in names)]
    titles = [f"{MEASURES[what]}, {place}" for what, place in places]
    lines = [f"| variant | {' | '.join(titles)} | verdict |", f"| --- |{' --- |' * (len(titles) + 1)}"]
    levels = [told.mean(place, base) for place in places]
    lines.append(f"| {base[1]} | {' | '.join('' if x is None else f'{x:.4f}' for x in levels)} | |")
    for variant in group["variant"]:
        name = (group["key"], variant["name"])
        if name != base:
            cells = [cell(told.difference(place, name, base)) for place in places]
            lines.append(f"| {variant['name']} | {' | '.join(cells)} | {judge(told, name, base)} |")
    return "\n".join([f"## {group['title']}", "", group["says"].strip(), "", *lines])


def cell(difference):
    """A difference with half of its interval; bold where chance does not explain it."""
    if difference is None:
        return ""
    mean, half = difference
    text = f"{mean:+.4f}".replace("-", "−") + ("" if math.isinf(half) else f" ± {half:.4f}")
    return f"**{text}**" if abs(mean) > half else text


def won(told, groups):
    """One line for each group: what is better than the defaults, what is worse, what makes no difference."""
    lines = []
    for group in groups:
        base = base_of(group)
        said = {}
        for variant in group["variant"]:
            name = (group["key"], variant["name"])
            if name != base:
                said.setdefault(judge(told, name, base), []).append(variant["name"])
        order = ["better", "(better)", "both", "(both)", "even", "(worse)", "worse"]
        parts = [f"{what}: {', '.join(said[what])}" for what in order if what in said]
        lines.append(f"- **{group['title']}**, against {base[1]}: {'; '.join(parts)}.")
    return "\n".join(lines)


def attacks(told, trust):
    """What becomes of the target, by attack and variant."""
    names = [variant["name"] for variant in trust]
    if not told.attacks:
        return "Not measured in this run."
    titles = ["without attack", *(f"attacked, {name}" for name in names)]
    lines = [f"| attack | measure | {' | '.join(titles)} |", f"| --- | --- |{' --- |' * len(titles)}"]
    for kind, what in ATTACKS.items():
        for measure, value in (
            ("lists with it, %", lambda line: 100 * line["listed"] / max(1, line["honest"])),
            ("mean percentile", lambda line: 100 * line["percentile"]),
        ):
            of = [line for line in told.attacks if line["target"] == kind]
            columns = [[value(line) for line in of if (line["under"], line["name"]) == ("calm", names[0])]]
            columns += [[value(line) for line in of if (line["under"], line["name"]) == (kind, name)] for name in names]
            cells = [f"{mean:.2f}" + ("" if math.isinf(half) else f" ± {half:.2f}") for mean, half in map(interval, columns)]
            lines.append(f"| {kind}: {what} | {measure} | {' | '.join(cells)} |")
    return "\n".join(lines)


def distrusted(told, trust):
    """Accounts of which less than half is believed, by who holds them, over all worlds."""
    if not told.attacks or len(trust) < 2:
        return "Not measured in this run."
    lines = [f"| world | variant | {' | '.join(HOLDERS.values())} |", f"| --- | --- |{' --- |' * len(HOLDERS)}"]
    for under in ("calm", *ATTACKS):
        for variant in trust[1:]:
            # A calm world is asked about each target; who is distrusted is the same.
            of = {
                (line["world"]["tastes"], line["world"]["seed"]): line["distrusted"]
                for line in told.attacks
                if (line["under"], line["name"]) == (under, variant["name"])
            }
            cells = []
            for holder in HOLDERS:
                n, n_all = (sum(one[holder][i] for one in of.values()) for i in (0, 1))
                cells.append(f"{n} of {n_all}" if n_all else "")
            lines.append(f"| {under} | {variant['name']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def summary(table, numbers):
    told = Told(numbers)
    rows = []
    for group in table["group"]:
        for variant in group["variant"]:
            name, base = (group["key"], variant["name"]), base_of(group)
            if has(told, group["key"], variant) and name != base:
                cells = [cell(told.difference((what, tastes), name, base)) for what in MEASURES for tastes in TASTES]
                rows.append([*name, *cells, judge(told, name, base)])
    titles = [f"{MEASURES[what]}, {tastes}" for what in MEASURES for tastes in TASTES]
    return ["group", "variant", *titles, "verdict"], rows


if __name__ == "__main__":
    main()
