//! `-M` and `-C`, and short options as Git writes them: several after one dash, with a number that
//! may be left out but never stands apart.

use std::ffi::OsString;

use provenance_core::git::blame::BlameOptions;

/// How lines are followed to other places.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct FollowArgs {
    /// Follow lines that moved within the file, of NUM letters and digits at least
    #[arg(short = 'M', value_name = "NUM", num_args = 0..=1, require_equals = true,
          default_missing_value = "", value_parser = score)]
    moves: Vec<Score>,

    /// Follow lines that came from other files; give it up to three times
    #[arg(short = 'C', value_name = "NUM", num_args = 0..=1, require_equals = true,
          default_missing_value = "", value_parser = score)]
    copies: Vec<Score>,
}

impl FollowArgs {
    /// Returns the options that say so, and no others.
    pub(crate) fn options(&self) -> BlameOptions {
        let last = |scores: &[Score]| scores.iter().rev().find_map(|score| score.0);
        BlameOptions {
            follow_moves: !self.moves.is_empty(),
            move_score: last(&self.moves),
            follow_copies: u8::try_from(self.copies.len()).unwrap_or(u8::MAX),
            copy_score: last(&self.copies),
            ..BlameOptions::default()
        }
    }
}

/// How many letters and digits must have moved; `None` for Git's own number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Score(Option<u32>);

/// Reads the number after `-M` or `-C`.
fn score(typed: &str) -> Result<Score, String> {
    if typed.is_empty() {
        return Ok(Score(None));
    }
    let number = typed.parse().map_err(|_| {
        "what follows is a number of letters and digits; the option is repeated as -C -C".to_owned()
    })?;
    Ok(Score(Some(number)))
}

/// Separates the short options of a command line of `blame` or `stats`: `-wM30` becomes `-w -M=30`.
/// Other command lines stay as they are.
pub(crate) fn separated(args: Vec<OsString>) -> Vec<OsString> {
    let Some(command) = position(&args) else {
        return args;
    };
    let mut all = args.into_iter();
    let mut out: Vec<OsString> = all.by_ref().take(command + 1).collect();
    while let Some(arg) = all.next() {
        if arg == "--" {
            out.push(arg);
            break;
        }
        match arg.to_str() {
            Some(word) if takes_the_next(word) => {
                out.push(arg);
                out.extend(all.next());
            }
            Some(word) if word.starts_with('-') && !word.starts_with("--") && word.len() > 1 => {
                if separate(word, &mut out) {
                    out.extend(all.next());
                }
            }
            _ => out.push(arg),
        }
    }
    out.extend(all);
    out
}

/// Where the command stands, if it is one of the two: behind options of the program itself.
fn position(args: &[OsString]) -> Option<usize> {
    let mut index = 1;
    loop {
        let word = args.get(index)?.to_str()?;
        index += match word {
            "blame" | "stats" => return Some(index),
            "-C" | "--color" => 2,
            word if word.starts_with('-') => 1,
            _ => return None,
        };
    }
}

/// Long options whose value is the next word, whatever it looks like.
fn takes_the_next(word: &str) -> bool {
    matches!(
        word,
        "--since"
            | "--after"
            | "--ignore-rev"
            | "--ignore-revs-file"
            | "--contents"
            | "--encoding"
            | "--date"
            | "--color"
    )
}

/// Takes one word apart; answers whether its last option takes the next word.
fn separate(word: &str, out: &mut Vec<OsString>) -> bool {
    let mut rest = word.chars();
    rest.next();
    while let Some(option) = rest.next() {
        let value = rest.as_str();
        match option {
            'M' | 'C' if value.is_empty() => out.push(format!("-{option}").into()),
            'M' | 'C' => {
                let value = value.strip_prefix('=').unwrap_or(value);
                out.push(format!("-{option}={value}").into());
                return false;
            }
            'L' => {
                out.push(format!("-L{value}").into());
                return value.is_empty();
            }
            option => out.push(format!("-{option}").into()),
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_options_are_taken_apart_as_git_does() {
        for (typed, expected) in [
            ("blame f", "blame f"),
            ("blame -wM30 -C -C40 f", "blame -w -M=30 -C -C=40 f"),
            ("blame -wL 3,4 f", "blame -w -L 3,4 f"),
            ("blame -L3,-2 -slt f", "blame -L3,-2 -s -l -t f"),
            ("-C dir blame -M f -- -M5", "-C dir blame -M f -- -M5"),
            ("blame -L -M5 --since -C9 f", "blame -L -M5 --since -C9 f"),
            ("stats -wM30", "stats -w -M=30"),
            ("log -n30", "log -n30"),
            ("-C dir", "-C dir"),
        ] {
            let words = |line: &str| -> Vec<OsString> {
                let words = line.split(' ').map(OsString::from);
                std::iter::once("git-provenance".into())
                    .chain(words)
                    .collect()
            };
            assert_eq!(separated(words(typed)), words(expected), "{typed}");
        }
    }

    #[test]
    fn a_score_is_a_number() {
        assert_eq!(score(""), Ok(Score(None)));
        assert_eq!(score("20"), Ok(Score(Some(20))));
        assert!(score("C").is_err());
    }
}
