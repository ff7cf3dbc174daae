"""What makes a good week? Half a year of weekly lists in simulated worlds, whose listeners react to them.

In two kinds of worlds people get a list each week, play it or not, love of it what their hidden taste loves, and leave
when lists are poor; models are trained anew each week on what was heard. Each way to make lists has worlds of its own,
from the same seeds; differences are paired by seed, with Student's intervals.
The ways are those of weeks.toml. Writes docs/what-makes-a-good-week.md from the text beside this script.
"""

import argparse
import concurrent.futures
import json
import math
import os
import pathlib
import statistics
import tomllib

import drawing
from scipy.stats import t as student

from keep import Run

TASTES = ("vectors", "rules")
FULL = ("full", "undersong")
BASE = ("base", "top scores with an artist cap")
CHANCE = ("ends", "by chance")
LOVED = ("ends", "all loved")
COLUMNS = {CHANCE: "by chance", BASE: "top scores with an artist cap", FULL: "undersong", LOVED: "all loved"}


def over_weeks(name):
    """The mean of the weeks in which somebody got a list."""

    def of(weeks):
        values = [week[name] for week in weeks if week[name] is not None]
        return statistics.fmean(values) if values else math.nan

    return of


def at_the_end(name):
    return lambda weeks: weeks[-1][name]


def in_all(name):
    return lambda weeks: sum(week[name] for week in weeks)


def after_december(weeks):
    """December songs in lists once December is over."""
    decembers = [n for n, week in enumerate(weeks) if week["is_december"]]
    after = [week["seasonal"] for week in weeks[decembers[-1] + 1 :]] if decembers else []
    known = [share for share in after if share is not None]
    return statistics.fmean(known) if known else math.nan


# Title, what of the weeks, factor, decimals.
MEASURES = {
    "loved": ("lines that are loved, % of a list", over_weeks("loved"), 100, 1),
    "played": ("lines that are loved and played, % of a list", over_weeks("played"), 100, 1),
    "loved_lines": ("loved lines a week for each person, who left included", over_weeks("loved_lines"), 1, 2),
    "opened": ("lists that are opened, %", over_weeks("opened"), 100, 1),
    "discovered": ("artists discovered and loved, for each person", at_the_end("discovered"), 1, 1),
    "unlikeness": ("1 − likeness of two lines", over_weeks("unlikeness"), 1, 3),
    "artists": ("pairs of lines by two artists, %", over_weeks("artists"), 100, 1),
    "genres": ("pairs of lines of two genres, %", over_weeks("genres"), 100, 1),
    "popularity_lift": ("popularity lift", over_weeks("popularity_lift"), 1, 3),
    "gini": ("Gini of exposure over artists", at_the_end("gini"), 1, 3),
    "niche_gap": ("loved share, mainstream less niche third, points", over_weeks("niche_gap"), 100, 1),
    "seasonal": ("December songs in the lists after December, %", after_december, 100, 2),
    "active": ("people still active at the end, %", at_the_end("active"), 100, 1),
    "repeats": ("lines shown before", in_all("repeats"), 1, 0),
    "heard_before": ("lines heard before", in_all("heard_before"), 1, 0),
}
# What the ablations show.
SHOWN = ("loved", "loved_lines", "discovered", "unlikeness", "popularity_lift", "gini", "niche_gap", "active")
SHORT = {
    "loved": "loved, %",
    "loved_lines": "loved lines",
    "discovered": "artists found",
    "unlikeness": "unlikeness",
    "popularity_lift": "popularity lift",
    "gini": "Gini",
    "niche_gap": "gap, points",
    "active": "active, %",
}
PLOTTED = {"loved": "loved, % of a list", "discovered": "artists discovered", "gini": "Gini of exposure", "active": "active, %"}


def main():
    parser = argparse.ArgumentParser(prog="bench/run weeks", description=__doc__.splitlines()[0])
    parser.add_argument("--again", help="folder of a run, to write page and plot anew from what it kept")
    parser.add_argument("--seeds", type=int, default=3, help="worlds of each kind")
    parser.add_argument("--groups", help="only these, by their keys, with commas; undersong itself is always there")
    parser.add_argument("--listeners", type=int, default=60)
    parser.add_argument("--recordings", type=int, default=3000)
    parser.add_argument("--warm-up", type=int, default=10, help="weeks before the first list")
    parser.add_argument("--weeks", type=int, default=26, help="weeks with lists")
    parser.add_argument("--size", type=int, default=10, help="lines of a list; half a year of 30 uses up what is loved")
    parser.add_argument("--jobs", type=int, default=2, help="worlds at once, each on one thread")
    parser.add_argument("--to", help="folder of the run")
    parser.add_argument("--page", default="../docs/what-makes-a-good-week.md", help="where the page goes")
    arguments = parser.parse_args()
    table = tomllib.loads(pathlib.Path("weeks.toml").read_text())
    if arguments.again:
        folder = pathlib.Path(arguments.again)
        numbers = json.loads((folder / "numbers.json").read_text())
        write(arguments.page, folder, table, numbers)
        return
    chosen = arguments.groups.split(",") if arguments.groups else None
    groups = [group for group in table["group"] if chosen is None or group["key"] in chosen]
    run = Run("weeks", arguments.to)
    measure(run, groups, table["models"], arguments)
    write(arguments.page, run.folder, table, run.numbers)
    run.tell(*summary(Told(run.numbers), table))


def measure(run, groups, models, arguments):
    """Asks the binary about every world and variant; an answer is kept as soon as it is there, and one failure loses no other."""
    sizes = {name: getattr(arguments, name) for name in ("seeds", "listeners", "recordings", "warm_up", "weeks", "size")}
    run.keep({"question": "sizes", "sizes": sizes, "answer": None})
    full = {"group": FULL[0], "name": FULL[1]}
    variants = [full, *(variant | {"group": group["key"]} for group in groups for variant in group["variant"])]
    files = [file(run, n, {"models": models} | variant) for n, variant in enumerate(variants)]
    size = [word for name in sizes if name != "seeds" for word in (f"--{name.replace('_', '-')}", sizes[name])]
    # A seed is whole before the next begins, so that a run that is cut short has pairs.
    questions = [
        ["--tastes", tastes, "--seed", seed, *size, "--variant", path]
        for seed in range(1, arguments.seeds + 1)
        for tastes in TASTES
        for path in files
    ]
    failures = []
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        asked = {pool.submit(ask, run, question): question for question in questions}
        for done, answer in enumerate(concurrent.futures.as_completed(asked), start=1):
            question = asked[answer]
            variant = variants[files.index(question[-1])]
            about = f"{done} of {len(asked)}: {question[1]} {question[3]}, {variant['name']}"
            if answer.exception():
                failures.append(f"{about}: {answer.exception()}")
                print(failures[-1], flush=True)
                continue
            told = answer.result()
            run.keep({"question": "weeks", "answer": told})
            print(f"{about} in {told['seconds']:.0f} s", flush=True)
    if failures:
        raise SystemExit(f"{len(failures)} questions have no answer, the others are kept in {run.folder}")


def ask(run, question):
    output, _ = run.execute([os.environ["BENCH_BIN"] + "/weeks", *question], RAYON_NUM_THREADS="1")
    return json.loads(output)


def file(run, number, variant):
    """A variant as the binary reads it, kept with the run."""
    path = run.folder / f"variant-{number}.json"
    path.write_text(json.dumps(variant, indent=1) + "\n")
    return path


class Told:
    """The weeks of each variant, by kind of world and seed."""

    def __init__(self, numbers):
        self.weeks = {}
        for one in numbers:
            if one["question"] == "weeks":
                told = one["answer"]
                place = (told["world"]["tastes"], told["group"], told["name"])
                self.weeks.setdefault(place, {})[told["world"]["seed"]] = told["weeks"]

    def has(self, variant):
        return any((tastes, *variant) in self.weeks for tastes in TASTES)

    def values(self, tastes, variant, measure):
        """One number for each seed that has one."""
        _, of, factor, _ = MEASURES[measure]
        weeks = self.weeks.get((tastes, *variant), {})
        values = {seed: factor * of(weeks[seed]) for seed in sorted(weeks)}
        return {seed: value for seed, value in values.items() if not math.isnan(value)}

    def level(self, tastes, variant, measure):
        values = self.values(tastes, variant, measure)
        return interval(list(values.values())) if values else None

    def difference(self, tastes, variant, base, measure):
        """Mean and half of the interval of the differences, paired by seed."""
        of, others = (self.values(tastes, one, measure) for one in (variant, base))
        both = [of[seed] - others[seed] for seed in of if seed in others]
        return interval(both) if both else None

    def course(self, tastes, variant, measure):
        """Means over seeds of each week, and halves of their intervals."""
        factor = MEASURES[measure][2]
        seeds = list(self.weeks.get((tastes, *variant), {}).values())
        for week in zip(*seeds):
            values = [factor * one[measure] for one in week if one[measure] is not None]
            yield interval(values) if values else (math.nan, math.inf)


def interval(values):
    """Mean and half of the 95 % interval (Student's t); of one value nobody knows how far it is off."""
    if len(values) < 2:
        return statistics.fmean(values), math.inf
    reach = student.ppf(0.975, len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values))
    return statistics.fmean(values), reach


def write(page, folder, table, numbers):
    """Page and plot, from the text beside this script."""
    told = Told(numbers)
    draw(folder, told)
    text = pathlib.Path("what-makes-a-good-week.md").read_text()
    text = text.replace("@table@", "\n\n".join(overview(told, tastes) for tastes in TASTES))
    groups = [group for group in table["group"] if group["key"] not in ("ends", "base")]
    groups = [group for group in groups if any(told.has((group["key"], one["name"])) for one in group["variant"])]
    text = text.replace("@stages@", "\n\n".join(section(told, group) for group in groups) or "Not measured in this run.")
    sizes = next(one["sizes"] for one in numbers if one["question"] == "sizes")
    for name, size in sizes.items():
        text = text.replace(f"@{name}@", f"{size:,}")
    pathlib.Path(page).write_text(text.replace("@run@", f"bench/{folder}"))


def overview(told, tastes):
    """Every measure of the product, the baseline and both ends."""
    columns = [variant for variant in COLUMNS if told.has(variant)]
    titles = [COLUMNS[variant] for variant in columns]
    lines = [f"### {tastes.capitalize()}", "", f"| | {' | '.join(titles)} | undersong less baseline |"]
    lines.append(f"| --- |{' --- |' * (len(titles) + 1)}")
    for measure, (title, *_) in MEASURES.items():
        cells = [level(told.level(tastes, variant, measure), measure) for variant in columns]
        cells.append(change(told.difference(tastes, FULL, BASE, measure), measure))
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def section(told, group):
    """What each variant of a group changes against the product."""
    lines = [f"### {group['title']}"]
    for tastes in TASTES:
        lines += ["", f"{tastes.capitalize()}:", "", f"| | {' | '.join(SHORT[measure] for measure in SHOWN)} |"]
        lines.append(f"| --- |{' --- |' * len(SHOWN)}")
        levels = [level(told.level(tastes, FULL, measure), measure) for measure in SHOWN]
        lines.append(f"| undersong | {' | '.join(levels)} |")
        for one in group["variant"]:
            variant = (group["key"], one["name"])
            cells = [change(told.difference(tastes, variant, FULL, measure), measure) for measure in SHOWN]
            lines.append(f"| {one['name']} | {' | '.join(cells)} |")
    return "\n".join(lines)


def level(of, measure):
    return rounded(of, measure, "") if of else ""


def change(of, measure):
    """Bold where chance does not explain it."""
    if not of:
        return ""
    text = rounded(of, measure, "+")
    return f"**{text}**" if abs(of[0]) > of[1] else text


def rounded(of, measure, sign):
    mean, half = of
    decimals = MEASURES[measure][3]
    text = f"{mean:{sign}.{decimals}f}".replace("-", "−")
    return text if math.isinf(half) or (mean, half) == (0, 0) else f"{text} ± {half:.{decimals}f}"


def draw(folder, told):
    """The weeks one after the other, for each kind of world."""
    figure, rows = drawing.panels(len(TASTES), len(PLOTTED), width=3.1, height=2.6)
    colors = {FULL: drawing.OURS, BASE: drawing.RIVAL, CHANCE: "#999999", LOVED: drawing.THIRD}
    for tastes, row in zip(TASTES, rows):
        for (measure, title), axes in zip(PLOTTED.items(), row):
            ends = []
            for variant, color in colors.items():
                course = list(told.course(tastes, variant, measure))
                if not course:
                    continue
                weeks = range(1, len(course) + 1)
                means = [mean for mean, _ in course]
                axes.plot(weeks, means, color=color)
                known = [(week, mean, half) for week, (mean, half) in zip(weeks, course) if math.isfinite(half)]
                if known:
                    x, y, half = zip(*known)
                    low, high = ([a + sign * b for a, b in zip(y, half)] for sign in (-1, 1))
                    axes.fill_between(x, low, high, color=color, alpha=0.15, linewidth=0)
                if math.isfinite(means[-1]):
                    ends.append((len(course), means[-1], COLUMNS[variant].replace(" with", "\nwith"), color))
            axes.set_title(f"{tastes}: {title}")
            axes.set_xlabel("week")
            axes.set_ylim(0, 105 if measure == "active" else None)
            if measure == list(PLOTTED)[-1]:
                axes.margins(x=0.02)
                drawing.ends(axes, ends, gap=16)
    drawing.save(figure, folder, "Half a year of weekly lists", "plot.svg")


def summary(told, table):
    variants = [FULL, *((group["key"], one["name"]) for group in table["group"] for one in group["variant"])]
    titles = ["group", "variant", *(f"{SHORT[measure]}, {tastes}" for measure in SHOWN for tastes in TASTES)]
    rows = [
        [*variant, *(level(told.level(tastes, variant, measure), measure) for measure in SHOWN for tastes in TASTES)]
        for variant in variants
        if told.has(variant)
    ]
    return titles, rows


if __name__ == "__main__":
    main()
