//! What is learned from and asked for, as the caller said it?

use anyhow::ensure;
use engine::Observer;
use eval::{Cut, Task, Window};
use models::Spec;

use crate::args::{Global, How, Matter};
use crate::place;

/// Where a file with both parts is cut unless the caller says otherwise.
const DEFAULT_CUT: How = How::Cut(Cut::Pairs(0.2));

/// One task, or one for each fold; `specs` will be fitted to it, beside what learns from pairs alone.
pub(crate) fn tasks(
    matter: &Matter,
    specs: &[Spec],
    global: &Global,
    observer: &mut dyn Observer,
) -> anyhow::Result<Vec<Task>> {
    let columns = super::super::import::columns(&matter.columns)?;
    let source = |path| matter.source(path, &columns);
    let (length, gap, replays) = (matter.window, matter.gap, matter.replays);
    let window = Window { from: matter.from, length, gap, replays };
    let mut tasks = match (&matter.train, &matter.test, &matter.triples) {
        (Some(train), Some(test), _) => {
            let mut task = Task::from_files(source(train), test, observer)?;
            if let Some(negatives) = &matter.negatives {
                task.rank_among(source(negatives))?;
            }
            vec![task]
        }
        (Some(_), None, _) => anyhow::bail!("--test FILE expected beside --train"),
        (_, _, Some(path)) => match matter.split.unwrap_or(DEFAULT_CUT) {
            How::Time => vec![Task::from_table_by_time(source(path), window, observer)?],
            How::Cut(cut) => vec![Task::from_table(source(path), cut, matter.seed, observer)?],
            How::Folds(of) => {
                let fold = |fold| {
                    let cut = Cut::Fold { fold, of };
                    Task::from_table(source(path), cut, matter.seed, observer)
                };
                (0..of).map(fold).collect::<Result<_, _>>()?
            }
        },
        _ => return Ok(vec![of_folder(matter, window, specs, global, observer)?]),
    };
    let genre_columns = super::super::import::columns(&matter.genre_columns)?;
    for task in &mut tasks {
        if let Some(path) = &matter.genres {
            task.tell_genres(path, &genre_columns)?;
        }
        if let Some(path) = &matter.attributes {
            task.tell_attributes(path, &|user| Some(eval::number_of(user)))?;
        }
    }
    Ok(tasks)
}

fn of_folder(
    matter: &Matter,
    window: Window,
    specs: &[Spec],
    global: &Global,
    observer: &mut dyn Observer,
) -> anyhow::Result<Task> {
    ensure!(
        matches!(matter.split, None | Some(How::Time)),
        "--split time expected, as a data folder is cut at one moment for all; the others take --triples FILE"
    );
    ensure!(
        matter.genres.is_none(),
        "the tags of the data folder are its genres: --genres is for files; `undersong import` brings tags in"
    );
    let folder = place::open(global)?;
    let judge = &folder.config.evidence;
    let mut task = Task::from_folder(&folder, window, matter.hit, judge, specs, observer)?;
    if let Some(path) = &matter.attributes {
        let who = |name: &str| Some(folder.store.listener(name).ok()??.id.0);
        task.tell_attributes(path, &who)?;
    }
    Ok(task)
}
