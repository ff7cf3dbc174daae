//! What is unusual about an account, in words?

use super::{Account, Feature, Trait};

impl Trait {
    /// A sentence without a full stop: what was found, and what is usual for an account that does as much.
    #[must_use]
    pub fn sentence(&self, account: &Account) -> String {
        let is_share = self.feature.is_share();
        let written = |x: f64| if is_share { share(x) } else { number(x) };
        let found = self.found(&written(self.value), account);
        match self.feature {
            Feature::PlayedAlike | Feature::DislikedAlike => found,
            _ => format!("{found} (usual: {})", written(self.usual)),
        }
    }

    fn found(&self, value: &str, account: &Account) -> String {
        let Account { listens, timed, opinions, .. } = account;
        match self.feature {
            Feature::Pace => {
                format!("{value} of the pauses between two listens are the same, within a second")
            }
            Feature::Variety => format!("{listens} listens come to {value} different recordings"),
            Feature::Favorite => {
                format!("{value} of the listens are of one recording, three a day counted at most")
            }
            Feature::JustCounted => {
                format!("{value} of {timed} plays stop within 5 s of the 30 s that services count")
            }
            Feature::Hours => format!("the listens fall into {value} hours of the day"),
            Feature::Sleep => format!("the longest quiet stretch of a day has {value} hours"),
            Feature::OnTheDot => format!(
                "two sessions start in the same ten minutes of the day with a chance of {value}"
            ),
            Feature::Burst => format!("up to {value} listens lie within one hour"),
            Feature::Day => format!(
                "up to {value} listens lie within one day, of one recording three counted at most"
            ),
            Feature::Age => format!("the first listen is {value} days before the end of the log"),
            Feature::Likes => format!("{value} of all it does are likes"),
            Feature::Dislikes => format!("{value} of all it does are dislikes"),
            Feature::Insistence => format!(
                "two of {opinions} likes and dislikes are of one recording with a chance of {value}"
            ),
            Feature::Unheard => {
                format!("{value} of the recordings it likes or dislikes it never listened to")
            }
            Feature::PlayedAlike => {
                format!("{value} times as many accounts as by chance play nearly the same most")
            }
            Feature::DislikedAlike => {
                format!("{value} times as many accounts as by chance dislike nearly the same")
            }
        }
    }
}

/// Hundredths, with a decimal where there are few.
fn share(x: f64) -> String {
    let hundredths = 100.0 * x;
    if (0.05..9.95).contains(&hundredths) {
        format!("{hundredths:.1} %")
    } else {
        format!("{hundredths:.0} %")
    }
}

/// A whole number, with a decimal where it is small.
fn number(x: f64) -> String {
    if x < 9.95 && (x - x.round()).abs() > 0.05 { format!("{x:.1}") } else { format!("{x:.0}") }
}
