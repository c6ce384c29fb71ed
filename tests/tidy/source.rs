//! The files of the checkout as the rules see them, and the small readers that the rules share.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// A text file of the checkout.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// Relative to the root, with `/`.
    pub(crate) path: String,
    /// The whole text.
    pub(crate) text: String,
}

impl File {
    /// A sample for a rule's own test.
    pub(crate) fn sample(path: &str, text: &str) -> Self {
        Self {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    /// Answers whether the file's name ends in `.extension`.
    pub(crate) fn is(&self, extension: &str) -> bool {
        Path::new(&self.path)
            .extension()
            .is_some_and(|e| e == extension)
    }

    /// The file's code: the text with comments blanked, line by line, so that line numbers hold.
    pub(crate) fn code(&self) -> String {
        let lines = self.text.lines().map(|line| match line.find("//") {
            // `"https://…"` is no comment.
            Some(at) if !line[..at].ends_with(':') => &line[..at],
            _ => line,
        });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// Ends the test with all complaints at once.
#[track_caller]
pub(crate) fn assert_none(complaints: &[String]) {
    assert!(
        complaints.is_empty(),
        "{} complaint(s):\n{}\n",
        complaints.len(),
        complaints.join("\n")
    );
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every text file of the checkout that the rules speak about.
pub(crate) fn files() -> &'static [File] {
    static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
        let mut files = Vec::new();
        walk(&root(), "", &mut files);
        files.sort_by(|a, b| a.path.cmp(&b.path));
        assert!(files.len() > 20, "the checkout was not found");
        files
    });
    &FILES
}

/// Every Rust file of the checkout.
pub(crate) fn rust_files() -> impl Iterator<Item = &'static File> {
    files().iter().filter(|file| file.is("rs"))
}

/// The file at `path`, which must be there.
#[track_caller]
pub(crate) fn file(path: &str) -> &'static File {
    let found = files().iter().find(|file| file.path == path);
    found.unwrap_or_else(|| panic!("{path} is missing"))
}

fn walk(folder: &Path, prefix: &str, files: &mut Vec<File>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().expect("a plain file name");
        let path = format!("{prefix}{name}");
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            let is_ours = !name.starts_with('.') || name == ".github" || name == ".ci";
            if is_ours && !matches!(name.as_str(), "target" | "corpus" | "artifacts") {
                walk(&entry.path(), &format!("{path}/"), files);
            }
        } else if kind.is_file()
            && ["rs", "md", "toml", "json", "yml"]
                .iter()
                .any(|extension| path.ends_with(&format!(".{extension}")))
        {
            // Not every example is UTF-8, on purpose; no rule looks inside those.
            let text = String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned();
            files.push(File { path, text });
        }
    }
}

/// Answers whether `word` stands in `text` as a whole word, `_` counting as a letter.
pub(crate) fn has_word(text: &str, word: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_letter) && !text[at + word.len()..].starts_with(is_letter)
    })
}

#[test]
fn comments_are_not_code_and_line_numbers_hold() {
    let sample = File::sample(
        "a.rs",
        "use a; // crate::b\n/// crate::c\nlet d = \"https://e\";",
    );
    assert_eq!(sample.code(), "use a; \n\nlet d = \"https://e\";");
}

#[test]
fn words_are_whole() {
    assert!(has_word("the trail.", "trail"));
    assert!(!has_word("trailer entrail trail_id", "trail"));
}
