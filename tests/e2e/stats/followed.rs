//! Lines are followed as `git blame` follows them with the same options.

use std::collections::BTreeMap;

#[test]
fn white_space_moves_and_copies_are_followed_as_git_blame_does() {
    let repo = crate::blame::story();
    let mut told = Vec::new();
    for follow in [
        &[][..],
        &["-w"],
        &["-M"],
        &["-C", "-C"],
        &["-wM10", "-C", "-C20"],
    ] {
        let stats = [&["stats", "--json", "--by", "author"], follow].concat();
        let stats = repo.provenance(stats).succeeds().json();
        // By whom: each commit of the story is somebody's, so that lines are told apart.
        let mut lines: Vec<(String, u64)> = stats["by"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| {
                let author = row["key"]["author"].as_str().unwrap().to_owned();
                (author, row["lines"]["total"].as_u64().unwrap())
            })
            .collect();
        lines.sort();
        let mut counted: BTreeMap<String, u64> = BTreeMap::new();
        for file in repo.git(["ls-files"]).lines() {
            let blame = [
                &["blame", "--line-porcelain"],
                follow,
                &["HEAD", "--", file],
            ]
            .concat();
            let blame = repo.git(blame);
            let names = blame.lines().filter_map(|row| row.strip_prefix("author "));
            let mails = blame
                .lines()
                .filter_map(|row| row.strip_prefix("author-mail "));
            for (name, mail) in names.zip(mails) {
                *counted.entry(format!("{name} {mail}")).or_default() += 1;
            }
        }
        assert_eq!(lines, counted.into_iter().collect::<Vec<_>>(), "{follow:?}");
        assert_eq!(stats["lines"]["total"], stats["lines"]["unattested"]);
        told.push(lines);
    }
    told.dedup();
    assert_eq!(told.len(), 5, "an option changes nothing in this story");
}
