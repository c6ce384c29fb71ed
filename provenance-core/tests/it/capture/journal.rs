//! The journal under crashes, parallel writers and long histories.

use super::*;

use std::io::Write as _;

impl Watched {
    fn journal(&self) -> PathBuf {
        self.root()
            .join(".git/provenance/journal/main/current.jsonl")
    }
}

#[test]
fn parallel_agents_keep_every_line() {
    let watched = Watched::new();
    std::thread::scope(|scope| {
        for agent in 0..20 {
            let root = watched.root();
            scope.spawn(move || {
                for number in 0..25 {
                    let name = format!("{agent}-{number}.txt");
                    let event = |event: &str| {
                        json!({"event": event, "session": format!("s-{agent}"), "call": name,
                               "cwd": root.to_str().unwrap(), "paths": [name]})
                    };
                    take("generic", &event("before-edit"));
                    fs::write(root.join(&name), format!("line of {agent}\n")).unwrap();
                    take("generic", &event("after-edit"));
                }
            });
        }
    });
    let observation = watched.pending();
    assert_eq!(claims(&observation).len(), 500);
    assert_eq!(observation.contributions.len(), 20);
    assert_eq!(observation.codes, Vec::<String>::new());
}

#[test]
fn a_line_that_was_cut_off_loses_only_itself() {
    let watched = Watched::new();
    watched.agent_writes("a.txt", "ai\n");
    let mut file = fs::OpenOptions::new()
        .append(true)
        .open(watched.journal())
        .unwrap();
    file.write_all(b"{\"at\":\"2026-01-01T00:00:00Z\",\"session\":\"s-1\",\"act\":{\"edi")
        .unwrap();
    assert_eq!(claims(&watched.pending()), ["a.txt ai 1-1"]);
    watched.agent_writes("b.txt", "ai\n");
    let observation = watched.pending();
    assert_eq!(claims(&observation), ["a.txt ai 1-1", "b.txt ai 1-1"]);
    assert_eq!(observation.codes, ["journal-damaged"]);
    assert_eq!(
        capture::status(&watched.repo(), now())
            .unwrap()
            .damaged_lines,
        1
    );
}

#[test]
fn any_garbage_in_the_journal_is_passed_over() {
    let watched = Watched::new();
    for garbage in [
        b"".as_slice(),
        b"\0\xff\n",
        b"{}\n[]\n7\n",
        b"\n\n\n",
        "x".repeat(100_000).as_bytes(),
    ] {
        fs::create_dir_all(watched.journal().parent().unwrap()).unwrap();
        let mut options = fs::OpenOptions::new();
        let mut file = options
            .create(true)
            .append(true)
            .open(watched.journal())
            .unwrap();
        file.write_all(garbage).unwrap();
        watched.agent_writes("a.txt", "ai\n");
        assert_eq!(claims(&watched.pending()), ["a.txt ai 1-1"]);
    }
}

#[test]
fn a_long_journal_is_folded_and_nothing_of_it_is_forgotten() {
    let watched = Watched::new();
    watched.report(&json!({"event": "session"}));
    watched.report(&json!({"event": "prompt", "text": "go on"}));
    watched.agent_writes("early.txt", "ai\n");
    watched.report(&json!({"event": "before-shell", "call": "long", "command": "make"}));
    let name = "n".repeat(1000);
    while fs::metadata(watched.journal()).unwrap().len() < 100_000 {
        watched.report(&json!({"event": "context", "kind": "url", "name": name}));
    }
    watched.report(&json!({"event": "idle", "session": "another"}));
    let closed = fs::read_dir(watched.journal().with_file_name("closed"))
        .unwrap()
        .count();
    assert_eq!(closed, 1);
    assert!(fs::metadata(watched.journal()).unwrap().len() < 4096);

    watched.write("made.txt", "ai\n");
    watched.report(&json!({"event": "after-shell", "call": "long"}));
    let observation = watched.pending();
    assert_eq!(
        claims(&observation),
        ["early.txt ai 1-1", "made.txt ai 1-1"]
    );
    let contribution = &observation.contributions[0];
    assert_eq!(
        (contribution.iterations, contribution.edits),
        (Some(1), Some(2))
    );
    assert!(contribution.prompt_context.as_ref().unwrap().parts > 50);
}

#[test]
fn states_that_are_gone_widen_the_claim_and_never_narrow_it() {
    let watched = Watched::new();
    watched.write("a.txt", "1\n2\n");
    watched.commit("base");
    watched.agent_writes("a.txt", "1\nai\n2\n");
    fs::remove_dir_all(watched.root().join(".git/provenance/states")).unwrap();
    assert_eq!(claims(&watched.pending()), ["a.txt ai all"]);
}

#[cfg(unix)]
#[test]
fn a_read_only_git_directory_is_a_clear_error() {
    use std::os::unix::fs::PermissionsExt as _;

    let watched = Watched::new();
    watched.agent_writes("a.txt", "ai\n");
    let journal = watched.journal();
    // Root may write everywhere; a directory in the way stops root too.
    fs::remove_file(&journal).unwrap();
    fs::create_dir(&journal).unwrap();
    let event = json!({"event": "end", "session": "s-1", "cwd": watched.root().to_str().unwrap()});
    let clock = clock::Fixed(now());
    let mut entropy = entropy::System;
    let parsed = agent::parse("generic", event.to_string().as_bytes(), &|_| None);
    let error = Witness::new(&clock, &mut entropy)
        .take(&parsed.events[0])
        .unwrap_err();
    assert!(error.to_string().starts_with("cannot write "), "{error}");
    let mode = fs::metadata(journal.parent().unwrap())
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn housekeeping_keeps_ninety_days() {
    let watched = Watched::new();
    watched.agent_writes("a.txt", "ai\n");
    let later = |days: i64| {
        Timestamp::from_unix_seconds(
            clock::Clock::now(&clock::System).unix_seconds() + days * 86_400,
        )
    };
    assert_eq!(capture::prune(&watched.repo(), later(89).unwrap()), 0);
    assert!(capture::prune(&watched.repo(), later(91).unwrap()) > 0);
}

#[test]
fn many_steps_of_one_file_are_kept_at_a_commit_and_count_the_same() {
    let watched = Watched::new();
    watched.report(&json!({"event": "prompt", "text": "count"}));
    let mut content = String::new();
    for number in 0..20 {
        writeln!(content, "the agent wrote line {number}").unwrap();
        watched.agent_writes("a.txt", &content);
    }
    let first = watched.pending();
    assert!(
        watched.journal().with_file_name("files").is_dir(),
        "a checkpoint"
    );
    assert_eq!(watched.pending(), first);
    assert_eq!(claims(&first), ["a.txt ai 1-20"]);
    assert_eq!(first.contributions[0].edits, Some(20));
    watched.commit_staged("twenty", &first);
    watched.agent_writes("a.txt", content + "and one more\n");
    let second = watched.pending();
    assert_eq!(claims(&second), ["a.txt ai 21-21"]);
    assert_eq!(second.contributions[0].edits, Some(1));
}

#[test]
fn a_damaged_first_line_does_not_make_the_others_old() {
    let watched = Watched::new();
    watched.agent_writes("a.txt", "ai\n");
    let long = "n".repeat(1000);
    while !watched.journal().with_file_name("closed").is_dir() {
        watched.report(&json!({"event": "context", "kind": "url", "name": long}));
        if fs::metadata(watched.journal()).unwrap().len() > 70_000 {
            watched.report(&json!({"event": "idle"}));
        }
    }
    watched.agent_writes("a.txt", "ai\nai too\n");
    let text = fs::read_to_string(watched.journal()).unwrap();
    fs::write(
        watched.journal(),
        text.replacen("generation", "generatiom", 1),
    )
    .unwrap();
    assert_eq!(claims(&watched.pending()), ["a.txt ai 1-2"]);
}
