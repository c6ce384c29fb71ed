//! `demo`: works anywhere, touches nothing, leaves nothing.

use harness::Sandbox;

#[test]
fn the_story_is_told_to_its_end_wherever_one_stands() {
    let nowhere = Sandbox::without_repository();
    let told = nowhere.provenance(["demo"]).succeeds();
    for words in [
        "$ git provenance init --yes --agents none",
        "ai opus-4-5",
        "ai+Alice",
        "2 iterations",
        "carried 1",
        "invalid 1",
        "missing 1",
        "What this proves",
    ] {
        assert!(told.text().contains(words), "{words}\n{}", told.full());
    }
    assert!(told.stderr.is_empty(), "{}", told.full());
    let root = std::path::Path::new(&told.root);
    let left: Vec<_> = std::fs::read_dir(root)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("provenance-demo-"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn nothing_of_the_users_reaches_the_story() {
    let alice = Sandbox::new()
        .with_env("GIT_DIR", "/nowhere")
        .with_env("GIT_INDEX_FILE", "/nowhere/index")
        .with_env("GIT_CONFIG_COUNT", "1")
        .with_env("GIT_CONFIG_KEY_0", "core.hooksPath")
        .with_env("GIT_CONFIG_VALUE_0", "/dev/null")
        .with_env("PROVENANCE", "0")
        .with_env("CLAUDE_CODE_SESSION_ID", "another")
        .with_env("HOME", "/nowhere")
        .with_env("XDG_CONFIG_HOME", "/nowhere");
    alice
        .run(alice.command("git-provenance").arg("demo"))
        .succeeds();
}
