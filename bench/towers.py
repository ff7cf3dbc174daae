"""Factorization or two towers? Each model once on real listening and in two simulated worlds, asked three questions.

A tenth of the listeners and a tenth of the recordings are kept from the models: asked are the listeners and recordings
that they know, listeners of whom they are shown five recordings, and recordings that nobody of the training heard.
Those who see nothing but who heard what are also tuned, each with the same minutes.
Real listening is HetRec 2011 Last.fm-2K, its artists and their tags, in the folder given by --lastfm
(https://grouplens.org/datasets/hetrec-2011/).
Writes docs/factorization-or-two-towers.md from factorization-or-two-towers.md beside this script.
"""

import argparse
import json
import os
import pathlib
import sys

import drawing
from keep import Run, scratch, table_of

BASELINES = ["random", "popularity"]
SINGLE = ["ials", "bpr", "ease", "neumf"]
TOWERS = {
    "two-tower:by=id": "by id",
    "two-tower:by=features": "by features",
    "two-tower": "by both",
    "two-tower:als=start": "both, begun with ALS",
    "two-tower:als=input": "both, told of ALS",
    "two-tower:encoder=sequence": "both, listen by listen",
}
# Parallel, then sequential: a network behind ALS and behind content, content behind ALS, ALS behind content.
HYBRIDS = [
    "blend:ials=0.5+two-tower=0.5",
    "hybrid",
    "hybrid:first=two-tower(by=features)",
    "hybrid:first=ials,second=two-tower(by=features)",
    "hybrid:first=two-tower(by=features),second=ials",
]
MODELS = [*BASELINES, *SINGLE, *TOWERS, *HYBRIDS]
# Those who are tuned: told of ids alone, by dot products and by a network in their place.
TUNED = ["ials", "bpr", "ease", "neumf", "two-tower:by=id"]
# Those who can know a recording that nobody heard.
FEATURE_TOWERS = [model for model in TOWERS if model != "two-tower:by=id"]
# The evidence of a log is above 1 where a play is worth 1, so that its penalty is twice as strong.
IN_A_LOG = {
    "ials": "ials:reg=2",
    "blend:ials=0.5+two-tower=0.5": "blend:ials(reg=2)=0.5+two-tower=0.5",
    "hybrid": "hybrid:first=ials(reg=2)",
    "hybrid:first=ials,second=two-tower(by=features)": "hybrid:first=ials(reg=2),second=two-tower(by=features)",
    "hybrid:first=two-tower(by=features),second=ials": "hybrid:first=two-tower(by=features),second=ials(reg=2)",
}
WORLDS = ("vectors", "rules")
TITLES = {
    "vectors": "a world whose tastes are vectors",
    "rules": "a world whose tastes are rules",
    "lastfm": "real listening: lastfm-hetrec",
}
# Question and metric of each column.
COLUMNS = {
    ("known", "ndcg"): "NDCG@20",
    ("known", "recall"): "recall@20",
    ("known", "ndcg_taste_niche"): "NDCG@20, niche third",
    ("listeners", "ndcg"): "new listeners, NDCG@20",
    ("listeners", "recall"): "recall@20",
    ("recordings", "ndcg"): "new recordings, NDCG@20",
    ("recordings", "recall"): "recall@20",
}
COLORS = [drawing.RIVAL, drawing.THIRD, drawing.OURS, "#b8860b", "#4a6fa5", "#7a4b8f"]


def main():
    parser = argparse.ArgumentParser(prog="bench/run towers", description=__doc__.splitlines()[0])
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--lastfm", help="folder of HetRec 2011 Last.fm-2K")
    group.add_argument("--again", help="folder of a run, to write page and plot anew from what it kept")
    parser.add_argument("--listeners", type=int, default=1000, help="of each world")
    parser.add_argument("--recordings", type=int, default=6000)
    parser.add_argument("--weeks", type=int, default=26)
    parser.add_argument("--noise", type=float, default=0.6, help="in how recordings sound; a style is some 1.2 long")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=3, help="of tuning, each model; 0: none")
    parser.add_argument("--model", action="append", help="instead of those of the page; several times")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--resume", help="folder of a run, to ask what it has no answer to")
    parser.add_argument("--to", help="folder of the run")
    parser.add_argument("--page", default="../docs/factorization-or-two-towers.md", help="where the page goes")
    arguments = parser.parse_args()
    if arguments.again:
        folder = pathlib.Path(arguments.again)
        numbers = json.loads((folder / "numbers.json").read_text())
        write(arguments.page, folder, numbers)
        return
    table = table_of(arguments.lastfm)
    run = Run("towers", arguments.resume or arguments.to)
    if arguments.resume:
        run.resume()
    measure(run, table, arguments)
    write(arguments.page, run.folder, run.numbers)
    run.tell(*summary(told(run.numbers)))


def measure(run, table, arguments):
    """Asks the binary about each data set that was not asked about; every model's answer is kept."""
    models = arguments.model or MODELS
    names = ("listeners", "recordings", "weeks", "noise", "seed")
    sizes = {"question": "sizes", "sizes": {name: getattr(arguments, name) for name in names}}
    asked = {one["question"] for one in run.numbers}
    if not asked:
        run.keep(sizes)
    elif sizes not in run.numbers:
        sys.exit(f"{run.folder} has other sizes: resume it with those.")
    size = [word for name in names for word in (f"--{name}", getattr(arguments, name))]
    for tastes in (tastes for tastes in WORLDS if tastes not in asked):
        ask(run, tastes, ["--tastes", tastes, *size], [IN_A_LOG.get(model, model) for model in models], arguments)
    if "lastfm" not in asked:
        ask(run, "lastfm", ["--lastfm", table.parent, "--seed", arguments.seed], models, arguments)
    if arguments.minutes > 0 and "tuned" not in asked:
        tune(run, table, arguments)


def tune(run, table, arguments):
    """The settings that each model's search chose, and what all of them are worth in the test, side by side."""
    question = ["--triples", table, "--columns", "user=userID,item=artistID,value=weight", "--split", "pairs:0.2"]
    common = ["--seed", arguments.seed, "--threads", arguments.threads, "--json"]
    searches = {}
    with scratch() as studies:
        for model in TUNED:
            study = pathlib.Path(studies) / f"{len(searches)}.jsonl"
            command = [os.environ["UNDERSONG"], "tune", *question, "--model", model, "--minutes", arguments.minutes]
            output, seconds = run.execute([*command, "--study", study, *common])
            searches[model] = json.loads(output)
            print(f"tuned: {model} in {seconds:.0f} s", flush=True)
    chosen = {model: string(model, search["winner"]["parameters"]) for model, search in searches.items()}
    command = [os.environ["UNDERSONG"], "evaluate", *question]
    for model in chosen.values():
        command += ["--model", model]
    output, _ = run.execute([*command, *common])
    run.keep({"question": "tuned", "searches": searches, "chosen": chosen, "answer": json.loads(output)})


def string(model, parameters):
    """The model string with these parameters."""
    name = model.partition(":")[0]
    texts = {key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in parameters.items()}
    return f"{name}:{','.join(f'{key}={text}' for key, text in texts.items())}"


def ask(run, name, question, models, arguments):
    command = [os.environ["BENCH_BIN"] + "/towers", *question]
    for model in models:
        command += ["--model", model]
    output, seconds = run.execute(command, RAYON_NUM_THREADS=str(arguments.threads))
    lines = [json.loads(line) for line in output.splitlines()]
    answer = {
        "about": lines[0]["about"],
        "models": lines[1:-1],
        "differences": needed(lines[-1]["differences"], lines[1:-1]),
    }
    run.keep({"question": name, "answer": answer})
    print(f"{name}: {len(models)} models in {seconds:.0f} s", flush=True)


def needed(differences, models):
    """The differences that a page tells of: with the best of a column, and with those that a claim is about."""
    anchors = {}
    for question, metric in COLUMNS:
        values = {model["model"]: value(model, question, metric) for model in models}
        best = max(values, key=lambda model: values[model] if values[model] is not None else -1)
        anchors[question, metric] = {best, *(model for model in values if is_of(model, ["popularity", "ials", *HYBRIDS]))}
    return [
        one
        for one in differences
        if {one["first"], one["second"]} & anchors.get((one["question"], one["metric"]), set())
    ]


def is_of(model, names):
    """Whether a model string is one of these, as it is or as it is for a log."""
    return any(model in (name, IN_A_LOG.get(name)) for name in names)


def told(numbers):
    return {one["question"]: one["answer"] for one in numbers if one["question"] in TITLES}


def value(model, question, metric):
    return model["questions"].get(question, {}).get(metric, {}).get("value")


def difference(answer, question, metric, first, second):
    """The first model's mean less the second's, with its interval."""
    for one in answer["differences"]:
        if (one["question"], one["metric"]) == (question, metric):
            if (one["first"], one["second"]) == (first, second):
                return one["value"], one["interval"]
            if (one["first"], one["second"]) == (second, first):
                low, high = one["interval"] or (None, None)
                return -one["value"], one["interval"] and [-high, -low]
    return None


def best(answer, question, metric, names=None):
    """The string of the best model of a column, of all or of some."""
    models = [model for model in answer["models"] if names is None or is_of(model["model"], names)]
    models = [model for model in models if value(model, question, metric) is not None]
    return max(models, key=lambda model: value(model, question, metric))["model"] if models else None


def write(page, folder, numbers):
    """Page and plot, from the text beside this script."""
    answers = told(numbers)
    draw(folder, answers)
    draw_reliability(folder, answers)
    text = pathlib.Path("factorization-or-two-towers.md").read_text()
    text = text.replace("@tuned@", tuned(numbers))
    text = text.replace("@claims@", claims(answers))
    for name in TITLES:
        table = overview(answers[name]) if name in answers else "Not measured in this run."
        text = text.replace(f"@{name}@", table)
    sizes = next(one["sizes"] for one in numbers if one["question"] == "sizes")
    for name, size in sizes.items():
        text = text.replace(f"@{name}@", f"{size:,}")
    pathlib.Path(page).write_text(text.replace("@run@", f"bench/{folder}"))


def overview(answer):
    about = answer["about"]
    lines = [
        f"{about['listeners']:,} listeners × {about['recordings']:,} recordings, {about['pairs']:,} pairs to learn from; "
        f"{about['new_recordings']:,} recordings and {about['new_listeners']:,} listeners were kept from the models. "
        f"Asked are {about['asked']['known']:,} listeners, {about['asked']['listeners']:,} new listeners, and "
        f"{about['asked']['recordings']:,} listeners about new recordings.",
        "",
        f"| model | {' | '.join(COLUMNS.values())} | training, s | serving, µs | ranking, µs |",
        f"| --- |{' --- |' * (len(COLUMNS) + 3)}",
    ]
    bests = {column: best(answer, *column) for column in COLUMNS}
    for model in answer["models"]:
        cells = [cell(answer, model, *column, bests[column]) for column in COLUMNS]
        cells += [f"{model['fit_seconds']:.1f}", f"{model['serving_microseconds']:.0f}"]
        ranking = model["ranking_microseconds"]
        cells.append("" if ranking is None else f"{ranking:.0f}")
        lines.append(f"| `{model['model']}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def tuned(numbers):
    """The tuned models in the test, and what was chosen for each."""
    found = next((one for one in numbers if one["question"] == "tuned"), None)
    if not found:
        return "Not measured in this run."
    lines = ["| model | trials | NDCG@20 | recall@20 | chosen |", "| --- | --- | --- | --- | --- |"]
    for model, one in zip(found["chosen"], found["answer"]["models"]):
        cells = []
        for metric in ("ndcg@20", "recall@20"):
            number = one["metrics"][metric]
            text = f"{number['value']:.3f} ± {(number['high'] - number['low']) / 2:.3f}"
            behind = number.get("behind_best")
            # The best has nobody to be behind of.
            is_level = behind and behind["low"] <= 0
            cells.append(f"**{text}**" if not behind else f"{text} ≈" if is_level else text)
        chosen = ", ".join(
            f"{key} {value:.3g}" if isinstance(value, float) else f"{key} {value}"
            for key, value in found["searches"][model]["winner"]["parameters"].items()
        )
        lines.append(f"| `{model}` | {found['searches'][model]['trials']} | {' | '.join(cells)} | {chosen} |")
    return "\n".join(lines)


def cell(answer, model, question, metric, winner):
    """A number with half of its interval; bold where it is the best, ≈ where chance does not tell it from the best."""
    found = model["questions"].get(question, {}).get(metric)
    if not found or found["value"] is None:
        return ""
    text = f"{found['value']:.3f}"
    if found["interval"]:
        text += f" ± {(found['interval'][1] - found['interval'][0]) / 2:.3f}"
    if model["model"] == winner:
        return f"**{text}**"
    behind = difference(answer, question, metric, winner, model["model"])
    return f"{text} ≈" if behind and behind[1] and behind[1][0] <= 0 else text


def claims(answers):
    """What the numbers say of each question, sentence by sentence."""
    lines = []
    for name, answer in answers.items():
        lines.append(f"- **{TITLES[name][0].upper()}{TITLES[name][1:]}.**")
        everything, hybrid = best(answer, "known", "ndcg"), best(answer, "known", "ndcg", HYBRIDS)
        single = best(answer, "known", "ndcg", [*SINGLE, *TOWERS])
        lines.append(f"  Of whom and what is known, `{everything}` makes the best lists.")
        if hybrid and single:
            compared = difference(answer, "known", "ndcg", hybrid, single)
            lines.append(f"  The best hybrid, `{hybrid}`, is {standing(compared, f'the best single model, `{single}`')}.")
        for question, what in (("listeners", "new listeners"), ("recordings", "new recordings")):
            tower = best(answer, question, "ndcg", FEATURE_TOWERS)
            if not tower:
                continue
            others = [best(answer, question, "ndcg", [other]) for other in ("popularity", "ials")]
            words = [
                standing(difference(answer, question, "ndcg", tower, other), f"`{other}`") for other in others if other
            ]
            lines.append(f"  For {what} the best tower that sees features, `{tower}`, is {' and '.join(words)}.")
    return "\n".join(lines)


def standing(compared, other):
    """In words where a model stands beside another."""
    if not compared:
        return f"not compared with {other}"
    by, interval = compared
    if not interval:
        return f"{by:+.3f} beside {other}".replace("-", "−")
    low, high = interval
    numbers = f"({by:+.3f}, from {low:+.3f} to {high:+.3f})".replace("-", "−")
    where = "above" if low > 0 else "below" if high < 0 else "level with"
    return f"{where} {other} {numbers}"


def draw(folder, answers):
    """What was held out and what is minimized, epoch by epoch, for each data set."""
    figure, rows = drawing.panels(max(1, len(answers)), 2, width=5.4, height=3.0)
    for (name, answer), (ranking, loss) in zip(answers.items(), rows):
        towers = [model for model in answer["models"] if model["model"] in TOWERS and model["curve"]]
        for axes, place, title in ((ranking, 2, "NDCG@20 of what is held out"), (loss, 1, "loss")):
            ends = []
            for model in towers:
                points = [(one[0], one[place]) for one in model["curve"] if one[place] is not None]
                if not points:
                    continue
                color = COLORS[list(TOWERS).index(model["model"])]
                axes.plot(*zip(*points), color=color)
                ends.append((*points[-1], TOWERS[model["model"]], color))
            axes.set_title(f"{TITLES[name]}: {title}" if place == 2 else title)
            axes.set_xlabel("epoch")
            if ends:
                axes.set_xlim(0, 1.4 * max(x for x, *_ in ends))
                drawing.ends(axes, ends)
    drawing.save(figure, folder, "How two towers learn", "plot.svg")


def draw_reliability(folder, answers):
    """What hybrids promise of the lines of their lists, and the share of these that was liked."""
    promising = {
        name: [model for model in answer["models"] if model.get("reliability")] for name, answer in answers.items()
    }
    promising = {name: models for name, models in promising.items() if models}
    if not promising:
        return
    figure, [row] = drawing.panels(1, len(promising), width=4.2, height=3.4)
    for axes, (name, models) in zip(row, promising.items()):
        most = 0
        for line, (model, color) in enumerate(zip(models, COLORS)):
            bins, error = model["reliability"]["bins"], model["reliability"]["expected_calibration_error"]
            promised, liked = [one["promised"] for one in bins], [one["liked"] for one in bins]
            all_lines = sum(one["n"] for one in bins)
            axes.plot(promised, liked, color=color, linewidth=1)
            axes.scatter(promised, liked, [8 + 200 * one["n"] / all_lines for one in bins], color=color, alpha=0.6)
            drawing.corner(axes, f"{model['model']}: {100 * error:.1f} points apart", color, line)
            most = max(most, *promised, *liked)
        axes.plot([0, most], [0, most], color=drawing.INK, linewidth=0.8, linestyle=":")
        axes.set(title=TITLES[name], xlabel="promised chance of a like", ylabel="share that was liked")
        axes.set_ylim(0, 1.25 * most)
    drawing.save(figure, folder, "Does what a hybrid promises come?", "reliability.svg")


def summary(answers):
    titles = ["model", *(f"{name}, {question}" for name in answers for question in ("known", "listeners", "recordings"))]
    rows = []
    for place, model in enumerate(next(iter(answers.values()))["models"]):
        row = [model["model"]]
        for answer in answers.values():
            found = answer["models"][place]
            numbers = (value(found, question, "ndcg") for question in ("known", "listeners", "recordings"))
            row += ["" if number is None else f"{number:.4f}" for number in numbers]
        rows.append(row)
    return titles, rows


if __name__ == "__main__":
    main()
