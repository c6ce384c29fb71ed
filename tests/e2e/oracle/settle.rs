//! Settling: how whatever Git is in the middle of comes to an end.

use super::line::united;
use super::step::Doing;

impl Doing<'_> {
    /// Ends whatever Git is in the middle of: goes on with both sides of each conflict, or gives up.
    pub(super) fn settle(&mut self) {
        let gives_up = self.chance.once_in(3);
        for attempt in 0..20 {
            let command = [
                ("rebase-merge", "rebase"),
                ("rebase-apply", "rebase"),
                ("CHERRY_PICK_HEAD", "cherry-pick"),
                ("REVERT_HEAD", "revert"),
                ("MERGE_HEAD", "merge"),
            ]
            .into_iter()
            .find(|(file, _)| self.place.is_in(file));
            let had_conflicts = self.had_conflicts;
            let was_in_conflict = self.unite();
            match command {
                None => {
                    if was_in_conflict {
                        self.git(&["add", "--update"]);
                    }
                    return;
                }
                Some((_, command)) if gives_up || attempt > 12 => {
                    self.had_conflicts = had_conflicts;
                    self.git(&[command, "--abort"]);
                }
                Some((_, command)) => {
                    let continued = self.place.sandbox.try_git([command, "--continue"]);
                    if continued.status != 0 && !was_in_conflict {
                        // Nothing is left of the commit that was picked.
                        let how = if command == "merge" {
                            "--abort"
                        } else {
                            "--skip"
                        };
                        self.git(&[command, how]);
                    }
                }
            }
        }
        panic!("Git does not come out of what it is in the middle of");
    }

    /// Solves conflicts by keeping both sides, by hand or by an agent; answers whether there were any.
    fn unite(&mut self) -> bool {
        let unmerged = self
            .place
            .sandbox
            .git(["diff", "--name-only", "--diff-filter=U"]);
        let files: Vec<&str> = unmerged.lines().collect();
        for file in &files {
            let text = united(&self.place.sandbox.read(file));
            if self.chance.once_in(3) {
                self.agent().edits(file, text);
            } else {
                self.place.sandbox.write(file, text);
            }
            self.git(&["add", "--", file]);
        }
        self.had_conflicts |= !files.is_empty();
        !files.is_empty()
    }
}
