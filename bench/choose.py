"""Which model for which data? Every model on real listening and in two simulated worlds.

Real listening is HetRec 2011 Last.fm-2K: `user_artists.tsv` of the folder given by --lastfm
(https://grouplens.org/datasets/hetrec-2011/).
The simulated worlds are imported like any log; a hit there is a recording heard first in the last four weeks, and liked.
In them the hidden taste is asked as well: which part of a weekly list would its listener love?
Writes docs/choosing-a-model.md from choosing-a-model.md beside this script.
"""

import argparse
import json
import os
import pathlib

import drawing
from keep import Run, scratch, table_of

K = 20
FACTORS = ["ials", "bpr", "hinge", "warp", "pure-svd:dim=64"]
ITEMS = ["item-knn", "rp3beta", "ease", "slim", "gf-cf"]
MODELS = ["random", "popularity", *ITEMS, *FACTORS, "blend:ials=0.5+ease=0.5"]
RECENT = "popularity:half_life_days=30"
ITERATIONS = [1, 2, 4, 8, 16]
EPOCHS = [2, 5, 10, 20, 40]
IDEAS = {
    "the weighted loss": "ials",
    "observed pairs alone": "ials:weighting=observed",
    "every pair alike": "ials:weighting=equal",
}
# The evidence of a log is above 1 where a play is worth 1, so that its penalty is twice as strong.
IN_A_LOG = {"ials": "ials:reg=2", "blend:ials=0.5+ease=0.5": "blend:ials(reg=2)=0.5+ease=0.5"}
# Of these the hidden truth is asked as well; the second ALS is what a search on a log's own hits leads to.
TRUTH = [
    "popularity", "item-knn", "ease", "slim", "bpr", "warp", "ials:reg=2",
    "ials:dim=128,reg=0.5,unobserved_weight=0.3", "blend:ials(reg=2)=0.5+ease=0.5",
]
METRICS = {"ndcg": "NDCG@20", "recall": "recall@20", "popularity_lift": "popularity lift", "coverage": "coverage"}


def main():
    parser = argparse.ArgumentParser(prog="bench/run choose", description=__doc__.splitlines()[0])
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--lastfm", help="folder of HetRec 2011 Last.fm-2K")
    group.add_argument("--again", help="folder of a run, to write page and plot anew from what it kept")
    parser.add_argument("--listeners", type=int, default=1000, help="of each world")
    parser.add_argument("--recordings", type=int, default=6000)
    parser.add_argument("--weeks", type=int, default=26)
    parser.add_argument("--seeds", type=int, default=3, help="worlds of each kind whose hidden truth is asked")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--to", help="folder of the run")
    parser.add_argument("--page", default="../docs/choosing-a-model.md", help="where the page goes")
    arguments = parser.parse_args()
    if arguments.again:
        folder = pathlib.Path(arguments.again)
        kept = json.loads((folder / "numbers.json").read_text())
        answers = {one["question"]: one["answer"] for one in kept}
        draw(folder, answers)
        write(arguments.page, folder, answers)
        return
    run = Run("choose", arguments.to)
    answers = measure(run, arguments)
    draw(run.folder, answers)
    write(arguments.page, run.folder, answers)
    run.tell(*summary(answers))


def measure(run, arguments):
    """The answers to all questions by their names."""
    table = table_of(arguments.lastfm)
    lastfm = ["--triples", table, "--columns", "user=userID,item=artistID,value=weight"]
    by_clock = [f"ials:iterations={n}" for n in ITERATIONS] + [f"bpr:epochs={n}" for n in EPOCHS]
    questions = {
        "pairs": [*lastfm, "--split", "pairs:0.2"],
        "users": [*lastfm, "--split", "users:0.2"],
    }
    answers = {}
    for name, question in questions.items():
        answers[name] = ask(run, name, question, MODELS, arguments)
    answers["clock"] = ask(run, "clock", questions["pairs"], by_clock, arguments)
    answers["ideas"] = ask(run, "ideas", questions["pairs"], IDEAS.values(), arguments)
    for tastes in ("vectors", "rules"):
        with scratch() as folder:
            question = world(run, tastes, folder, arguments)
            models = [IN_A_LOG.get(model, model) for model in MODELS]
            answers[tastes] = ask(run, tastes, question, [*models[:2], RECENT, *models[2:]], arguments)
    answers["truth"] = truth(run, arguments)
    return answers


def truth(run, arguments):
    """The share of weekly lists that their listeners would love, by model and kind of tastes."""
    told = {}
    for model in TRUTH:
        command = [os.environ["UNDERSONG"], "demo", "--repeat", arguments.seeds, "--model", model]
        command += ["--threads", arguments.threads, "--json"]
        told[model] = {one["tastes"]: one["ours"] for one in json.loads(run.execute(command)[0])}
        print(f"truth: {model} {told[model]}", flush=True)
    run.keep({"question": "truth", "answer": told})
    return told


def write(page, folder, answers):
    """The page, from the text beside this script."""
    text = pathlib.Path("choosing-a-model.md").read_text()
    for name in ("pairs", "users", "vectors", "rules"):
        text = text.replace(f"@{name}@", overview(answers[name]))
    text = text.replace("@clock@", clock(answers["clock"])).replace("@ideas@", ideas(answers["ideas"]))
    text = text.replace("@truth@", loved(answers["truth"]))
    pathlib.Path(page).write_text(text.replace("@run@", f"bench/{folder}"))


def ask(run, name, question, models, arguments):
    """The answer of `undersong evaluate` for some models."""
    command = [os.environ["UNDERSONG"], "evaluate", *question, "--k", K, "--threads", arguments.threads, "--json"]
    for model in models:
        command += ["--model", model]
    answer = json.loads(run.execute(command)[0])
    answer["models"] = [model | {"asked": asked} for model, asked in zip(answer["models"], models)]
    run.keep({"question": name, "answer": answer})
    best = max(answer["models"], key=lambda model: model["metrics"]["ndcg@20"]["value"])
    print(f"{name}: {called(best)} is best with {best['metrics']['ndcg@20']['value']:.4f}", flush=True)
    return answer


def world(run, tastes, folder, arguments):
    """Simulates and imports a world; the question is its last four weeks."""
    log, data = pathlib.Path(folder) / "log.tsv", pathlib.Path(folder) / "data"
    size = ["--listeners", arguments.listeners, "--recordings", arguments.recordings, "--weeks", arguments.weeks]
    run.execute([os.environ["UNDERSONG"], "demo", "--tastes", tastes, *size, "--log", log])
    run.execute([os.environ["UNDERSONG"], "import", log, "--data", data])
    return ["--data", data, "--window", "4w"]


def called(model):
    return model.get("asked", model["name"])


def cell(metrics, name):
    """A number with half of its interval; bold where it is the best, ≈ where chance does not tell it from the best."""
    if name == "coverage":
        return f"{100 * metrics['coverage@20']['value']:.0f} %"
    told = metrics[f"{name}@20"]
    text = f"{told['value']:.3f} ± {(told['high'] - told['low']) / 2:.3f}"
    behind = told.get("behind_best")
    if behind and name in ("ndcg", "recall"):
        if behind["value"] <= 0:
            return f"**{text}**"
        if behind["p"] >= 0.05:
            return f"{text} ≈"
    return text


def overview(answer):
    lines = [f"| model | {' | '.join(METRICS.values())} | training, s |", f"| --- |{' --- |' * (len(METRICS) + 1)}"]
    for model in answer["models"]:
        cells = [cell(model["metrics"], name) for name in METRICS]
        lines.append(f"| `{called(model)}` | {' | '.join(cells)} | {model['fit_seconds']:.2f} |")
    return "\n".join([about(answer), "", *lines])


def about(answer):
    return (
        f"{answer['n_users']:,} users × {answer['n_items']:,} items, {answer['n_pairs']:,} pairs to learn from; "
        f"{answer['n_asked']:,} users asked for {answer['test']['wanted']:,} items."
    )


def clock(answer):
    lines = ["| model | training, s | NDCG@20 |", "| --- | --- | --- |"]
    for model in answer["models"]:
        told = model["metrics"]["ndcg@20"]
        half = (told["high"] - told["low"]) / 2
        lines.append(f"| `{called(model)}` | {model['fit_seconds']:.2f} | {told['value']:.3f} ± {half:.3f} |")
    return "\n".join(lines)


def ideas(answer):
    lines = ["| what is minimized | model | NDCG@20 | recall@20 | popularity lift |", "| --- | --- | --- | --- | --- |"]
    for idea, model in zip(IDEAS, answer["models"]):
        cells = [cell(model["metrics"], name) for name in ("ndcg", "recall", "popularity_lift")]
        lines.append(f"| {idea} | `{called(model)}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def loved(answer):
    best = {tastes: max(shares[tastes] for shares in answer.values()) for tastes in ("vectors", "rules")}
    lines = ["| model | tastes as vectors | tastes as rules |", "| --- | --- | --- |"]
    for model, shares in answer.items():
        cells = [f"**{share:.3f}**" if share == best[tastes] else f"{share:.3f}" for tastes, share in shares.items()]
        lines.append(f"| `{model}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def summary(answers):
    names = ["pairs", "users", "vectors", "rules"]
    rows = []
    for place, model in enumerate(MODELS):
        row = [model]
        for name in names:
            asked = {model, IN_A_LOG.get(model, model)}
            found = next(told for told in answers[name]["models"] if called(told) in asked)
            row.append(f"{found['metrics']['ndcg@20']['value']:.4f}")
        rows.append(row)
    return ["NDCG@20", *names], rows


def draw(folder, answers):
    """Quality against popularity on real listening, and by the clock."""
    figure, ((lift, time),) = drawing.panels(1, 2, width=5.8, height=4.2)
    points = []
    for model in answers["pairs"]["models"]:
        metrics = model["metrics"]
        x, y = 1 + metrics["popularity_lift@20"]["value"], metrics["ndcg@20"]["value"]
        if model["name"] in ("random", "popularity"):
            drawing.corner(lift, f"off the scale: {called(model)}, {y:.3f} at {x:.1f}", "#555555", len(points))
            points.append(None)
        else:
            points.append((x, y, called(model)))
    points = [point for point in points if point]
    for x, y, text in points:
        lift.plot([x], [y], marker="o", color=drawing.OURS)
        is_left = any(1 < other / x < 1.2 and abs(height - y) < 0.005 for other, height, _ in points)
        places = {"xytext": (-5, 0), "ha": "right"} if is_left else {}
        drawing.name(lift, x, y, text, "#555555", **places)
    lift.set_xscale("log")
    drawing.plain(lift.xaxis)
    lift.set_title("lastfm-hetrec: good, or merely popular?")
    lift.set_xlabel("popularity of the list / of what its user hears")
    lift.set_ylabel("NDCG@20")
    lift.margins(x=0.2, y=0.2)
    for name, color in (("ials", drawing.OURS), ("bpr", drawing.RIVAL)):
        points = [m for m in answers["clock"]["models"] if m["name"] == name]
        seconds = [m["fit_seconds"] for m in points]
        ndcg = [m["metrics"]["ndcg@20"]["value"] for m in points]
        time.plot(seconds, ndcg, marker="o", color=color)
        what = "ALS" if name == "ials" else "SGD (BPR)"
        drawing.name(time, seconds[-1], ndcg[-1], what, color, xytext=(0, 6), va="bottom", ha="center")
    time.set_xscale("log")
    drawing.plain(time.xaxis)
    time.set_title("alternating least squares and gradient descent by the clock")
    time.set_xlabel("seconds of training")
    time.margins(x=0.15, y=0.15)
    drawing.save(figure, folder, "Every model on real listening")


if __name__ == "__main__":
    main()
