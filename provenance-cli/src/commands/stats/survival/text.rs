//! The face of `stats --survival` for people.

use std::io::{self, Write as _};

use provenance_core::attribute::survival::{Age, Row, Survival, Table};
use provenance_core::attribute::{LineKind, Moment};
use provenance_core::git::{GitError, Repo};

use super::Asked;
use crate::dates::DateFormat;
use crate::error::CliError;
use crate::names::{counted, cut, grouped, percent};
use crate::output::{Output, Style, safe};

/// How many columns of ages fit.
const MOST_AGES: usize = 4;

/// How wide the names of groups may become.
const NAME: usize = 41;

/// Writes the tables.
pub(super) fn write(
    out: &mut Output,
    repo: &Repo,
    asked: &Asked<'_>,
    survival: &Survival,
    table: &Table,
) -> Result<(), CliError> {
    headline(out, repo, asked, table)?;
    warnings(out, survival)?;
    let kinds = || {
        table
            .kinds
            .iter()
            .map(|(kind, row)| (kind.as_str(), Some(*kind), row))
    };
    let rows = || kinds().chain([("all", None, &table.all)]);
    let paint = |out: &Output, kind: Option<LineKind>, row: String| {
        let style = match kind {
            Some(LineKind::Ai) => Style::Ai,
            Some(LineKind::Mixed) => Style::Mixed,
            Some(LineKind::Unattested) => Style::Unattested,
            Some(LineKind::Human) | None => Style::Plain,
        };
        out.paint(style, row).to_string()
    };

    write!(out, "\n{:<10} {:>9} {:>9}", "", "lines", "alive")?;
    for days in asked.days.iter().take(MOST_AGES) {
        write!(out, " {:>8}", format!("{days} d"))?;
    }
    writeln!(out, " {:>9} {:>8}", "gone", "after")?;
    for (name, kind, row) in rows() {
        let ages = row.ages.iter().take(MOST_AGES);
        let ages: Vec<String> = ages.map(|age| format!(" {:>8}", share(age))).collect();
        let gone = &row.gone.all;
        let after = gone.median_seconds();
        let after = after.map_or_else(|| "-".to_owned(), duration);
        let line = format!(
            "{name:<10} {:>9} {:>9}{} {:>9} {after:>8}",
            grouped(row.born),
            grouped(row.alive),
            ages.concat(),
            grouped(gone.lines),
        );
        writeln!(out, "{}", paint(out, kind, line))?;
    }
    if table.all.gone.all.lines > 0 {
        let heads = "ai mixed human unattested".split(' ');
        heading(out, "in their place", heads.clone().chain(["nothing"]))?;
        for (name, kind, row) in rows() {
            let by = row.gone.by.iter().map(|(_, lived)| lived.lines);
            let line = cells(name, by.chain([row.gone.removed.lines]));
            writeln!(out, "{}", paint(out, kind, line))?;
        }
        heading(out, "taken out by", heads)?;
        for (name, kind, row) in rows() {
            let by = LineKind::ALL.map(|kind| row.gone.commits.of(kind));
            let line = cells(name, by.into_iter());
            writeln!(out, "{}", paint(out, kind, line))?;
        }
    }
    groups(out, table)?;
    notes(out, asked, &table.all)?;
    out.flush()?;
    Ok(())
}

fn headline(
    out: &mut Output,
    repo: &Repo,
    asked: &Asked<'_>,
    table: &Table,
) -> Result<(), CliError> {
    let day = match repo.commit(asked.head) {
        Ok(commit) => DateFormat::Short.show(Moment {
            seconds: commit.committer.seconds,
            offset_minutes: commit.committer.offset_minutes,
        }),
        Err(GitError::MalformedCommit { .. }) => "-".to_owned(),
        Err(error) => return Err(error.into()),
    };
    let lines = counted(table.all.born, "line");
    let head = asked.head.short();
    match &asked.selection.typed {
        None => writeln!(out, "{lines} of all history, until {head} of {day}")?,
        Some(range) => writeln!(out, "{}: {lines}, until {head} of {day}", safe(range))?,
    }
    Ok(())
}

fn warnings(out: &mut Output, survival: &Survival) -> io::Result<()> {
    let mut said = Vec::new();
    if survival.unread_files > 0 {
        let versions = counted(survival.unread_files, "version");
        said.push(format!(
            "{versions} of files that are not here, or too large"
        ));
    }
    if survival.unread_commits > 0 {
        let commits = counted(survival.unread_commits, "commit");
        said.push(format!("{commits} of which the change is not here"));
    }
    if survival.boundary_commits > 0 {
        let commits = counted(survival.boundary_commits, "commit");
        said.push(format!(
            "{commits} without parents here: their lines may be older"
        ));
    }
    if survival.unreached_commits > 0 {
        let commits = counted(survival.unreached_commits, "commit");
        said.push(format!("{commits} that the head does not descend from"));
    }
    if !said.is_empty() {
        let word = out.paint(Style::Warning, "incomplete:").to_string();
        writeln!(out, "{word}\n  {}", said.join("\n  "))?;
    }
    if survival.clamped_commits > 0 {
        let commits = counted(survival.clamped_commits, "commit");
        writeln!(
            out,
            "{commits} with a date that cannot be true: moved to the nearest that can"
        )?;
    }
    Ok(())
}

/// Lines that have something in common; without a name, they are what the rows by kind show.
fn groups(out: &mut Output, table: &Table) -> io::Result<()> {
    let groups = table.groups.iter();
    let mut named = groups
        .filter(|(key, _)| key.iter().any(|(_, value)| value.is_some()))
        .peekable();
    if named.peek().is_some() {
        let (name, now) = ("", "now");
        writeln!(
            out,
            "\n{name:<NAME$} {:>9} {:>9} {now:>7} {:>9}",
            "lines", "alive", "gone"
        )?;
    }
    for (key, row) in named {
        let name = key.iter().map(|(_, value)| match value {
            Some(value) => safe(value).into_owned(),
            None => "-".to_owned(),
        });
        let name = cut(&name.collect::<Vec<_>>().join(" · "), NAME);
        writeln!(
            out,
            "{name:<NAME$} {:>9} {:>9} {:>7} {:>9}",
            grouped(row.born),
            grouped(row.alive),
            percent(row.alive, row.born),
            grouped(row.gone.all.lines),
        )?;
    }
    Ok(())
}

fn heading<'a>(
    out: &mut Output,
    what: &str,
    names: impl Iterator<Item = &'a str>,
) -> io::Result<()> {
    write!(out, "\n{what:<15}")?;
    for name in names {
        write!(out, " {name:>10}")?;
    }
    writeln!(out)
}

fn cells(name: &str, counts: impl Iterator<Item = u64>) -> String {
    let cells = counts.map(|count| format!(" {:>10}", grouped(count)));
    format!("{name:<15}{}", cells.collect::<String>())
}

fn notes(out: &mut Output, asked: &Asked<'_>, all: &Row) -> io::Result<()> {
    if !asked.days.is_empty() && all.born > 0 {
        writeln!(out, "\nshares are of the lines whose commit is that old")?;
    }
    if all.standing > all.alive {
        let lines = counted(all.standing, "line");
        writeln!(out, "with copies, those alive are {lines}")?;
    }
    Ok(())
}

/// The share of lines that were alive at an age, of those whose commit is that old.
fn share(age: &Age) -> String {
    percent(age.alive, age.alive + age.gone)
}

/// A duration in its largest unit.
fn duration(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h", seconds / 3_600),
        _ => format!("{} d", grouped(seconds / 86_400)),
    }
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn a_duration_is_shown_in_its_largest_unit() {
        for (seconds, shown) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (7_199, "1 h"),
            (86_400, "1 d"),
            (86_400 * 1_234, "1,234 d"),
        ] {
            assert_eq!(duration(seconds), shown);
        }
    }
}
