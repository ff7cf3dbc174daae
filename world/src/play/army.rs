//! What does a bot of an army play?

use music::{End, Event, Interaction};

use super::Player;
use crate::accounts::AccountKind;
use crate::attack::Campaign;

impl Player<'_> {
    /// Three plays of the target for one of a popular recording, on and on; the first night of the week begins with an opinion of the target.
    pub(super) fn play_as_army(&mut self, n_listens: u32) {
        let Some(campaign) = self.scene.campaign else { return };
        let covers = campaign.covers_of(self.listener);
        if self.n_sessions == 1 {
            let opinion = match self.kind() {
                AccountKind::DemoteBot => Interaction::Dislike,
                _ => Interaction::Like,
            };
            self.write(campaign.target, Event::new(opinion, self.moment()));
        }
        for i in 0..n_listens as usize {
            let cover = if i % 4 == 3 { covers.get(i / 4 % covers.len().max(1)) } else { None };
            match cover {
                Some(cover) => self.play_out(*cover),
                None => self.play_target(campaign),
            }
        }
    }

    fn play_target(&mut self, campaign: &Campaign) {
        if self.kind() != AccountKind::DemoteBot {
            self.play_out(campaign.target);
        } else if self.has_time_for(campaign.target) {
            let played_ms = self.dice.throw(1000, 5000);
            self.emit(campaign.target, played_ms, End::Skipped);
            self.remember_without_pull(campaign.target);
        }
    }

    fn play_out(&mut self, recording: u32) {
        if self.has_time_for(recording) {
            self.emit(recording, self.length_secs(recording) * 1000, End::Finished);
            self.remember_without_pull(recording);
        }
    }

    fn kind(&self) -> AccountKind {
        self.scene.accounts.account(self.listener).kind
    }
}
