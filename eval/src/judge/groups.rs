//! In which group is each user?

use std::borrow::Cow;

use linalg::Csr;
use measure::{Catalogue, thirds};
use models::Heard;
use music::{ItemIx, UserIx};

use crate::{Asked, Grouping, Task};

/// Thirds by how much is known of a user, by how popular that is and by how much the user hears, then what the task says.
pub(super) fn groupings(task: &Task, catalogue: &Catalogue) -> Vec<Grouping> {
    let history = |asked: &Asked| history(&task.heard, asked);
    let length = |asked: &Asked| Some(history(asked).len() as f64).filter(|length| *length > 0.0);
    let activity = |asked: &Asked| Some(asked.activity).filter(|activity| *activity > 0.0);
    let taste = |asked: &Asked| catalogue.popularity(&history(asked));
    let by = |name, groups, of: &dyn Fn(&Asked) -> Option<f64>| {
        by_thirds(name, groups, &task.asked.iter().map(of).collect::<Vec<_>>())
    };
    let mut groupings = vec![
        by("history", ["short", "medium", "long"], &length),
        by("taste", ["niche", "mixed", "mainstream"], &taste),
    ];
    if task.asked.iter().any(|asked| activity(asked) != length(asked)) {
        groupings.push(by("activity", ["low", "medium", "high"], &activity));
    }
    groupings.extend(task.groupings.iter().cloned());
    groupings
}

/// Items that the user is known to have heard and a model may know of, ascending.
pub(super) fn history<'a>(heard: &'a Csr<UserIx, ItemIx, Heard>, asked: &Asked) -> Cow<'a, [u32]> {
    match asked.user {
        Some(user) => heard.row(user.0 as usize).0.into(),
        None => asked.shown.iter().map(|item| item.0).collect(),
    }
}

fn by_thirds(name: &str, groups: [&str; 3], numbers: &[Option<f64>]) -> Grouping {
    let known: Vec<f64> = numbers.iter().flatten().copied().collect();
    let mut third = thirds(&known).into_iter();
    let of = numbers.iter().map(|number| number.and_then(|_| third.next())).collect();
    Grouping { name: name.to_owned(), groups: groups.map(str::to_owned).to_vec(), of }
}

#[cfg(test)]
mod tests {
    use super::by_thirds;

    #[test]
    fn only_those_of_whom_something_is_known_are_grouped() {
        let of = by_thirds("x", ["a", "b", "c"], &[Some(3.0), None, Some(1.0), Some(2.0)]).of;
        assert_eq!(of, [Some(2), None, Some(0), Some(1)]);
    }
}
