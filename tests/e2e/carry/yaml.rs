//! The part of YAML that our files for CI are written in, and nothing else: what it cannot read
//! ends the test. All scalars are text.

use serde_json::{Map, Value};

/// Reads a file that is one mapping.
#[track_caller]
pub(super) fn parse(text: &str) -> Value {
    assert!(!text.contains('\t'), "YAML has no tabs");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut at = 0;
    let value = block(&mut lines, &mut at, 0);
    assert_eq!(at, lines.len(), "line {} is not understood", at + 1);
    value
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn skip(lines: &[String], at: &mut usize) {
    let is_idle = |line: &String| line.trim().is_empty() || line.trim_start().starts_with('#');
    while lines.get(*at).is_some_and(is_idle) {
        *at += 1;
    }
}

fn block(lines: &mut [String], at: &mut usize, depth: usize) -> Value {
    skip(lines, at);
    if lines[*at].trim_start().starts_with("- ") {
        let mut items = Vec::new();
        while *at < lines.len()
            && indent(&lines[*at]) == depth
            && lines[*at][depth..].starts_with("- ")
        {
            let rest = lines[*at][depth + 2..].to_owned();
            if rest.starts_with('|') || !has_key(&rest) {
                *at += 1;
                items.push(scalar(&rest, lines, at, depth));
            } else {
                lines[*at].replace_range(depth..depth + 2, "  ");
                items.push(block(lines, at, depth + 2));
            }
            skip(lines, at);
        }
        return Value::Array(items);
    }
    let mut map = Map::new();
    while *at < lines.len() && indent(&lines[*at]) == depth {
        let line = lines[*at].trim_start().to_owned();
        let (key, rest) = line
            .split_once(':')
            .unwrap_or_else(|| panic!("no key in {line:?}"));
        let is_name = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        assert!(key.chars().all(is_name), "{key:?} is no plain key");
        *at += 1;
        let value = if rest.trim().is_empty() {
            skip(lines, at);
            let inner = indent(&lines[*at]);
            assert!(inner > depth, "nothing belongs to {key}");
            block(lines, at, inner)
        } else {
            assert!(rest.starts_with(' '), "no blank after {key}:");
            scalar(rest.trim(), lines, at, depth)
        };
        assert!(
            map.insert(key.to_owned(), value).is_none(),
            "{key} stands twice"
        );
        skip(lines, at);
    }
    Value::Object(map)
}

fn has_key(rest: &str) -> bool {
    rest.contains(": ") || rest.ends_with(':')
}

fn scalar(text: &str, lines: &[String], at: &mut usize, depth: usize) -> Value {
    match text {
        "|" => {
            let inner = indent(&lines[*at]);
            assert!(inner > depth, "an empty block");
            let mut found = String::new();
            while let Some(line) = lines.get(*at) {
                if !line.trim().is_empty() && indent(line) < inner {
                    break;
                }
                found += line.get(inner..).unwrap_or_default();
                found.push('\n');
                *at += 1;
            }
            Value::from(format!("{}\n", found.trim_end_matches('\n')))
        }
        "{}" => Value::Object(Map::new()),
        list if list.starts_with('[') => {
            let inner = list.trim_start_matches('[').trim_end_matches(']');
            inner.split(", ").map(Value::from).collect()
        }
        quoted if quoted.starts_with('"') => serde_json::from_str(quoted).unwrap(),
        plain => {
            let is_special = |c: char| "&*!|>'%@`{}#,?-".contains(c);
            assert!(!plain.starts_with(is_special), "{plain:?} is not plain");
            assert!(!plain.contains(" #") && !plain.contains(": "), "{plain:?}");
            Value::from(plain)
        }
    }
}

#[test]
fn what_is_no_yaml_of_ours_is_found() {
    let good = "a:\n  - b: c\n    d: \"e\"\n  - |\n    x\n\n    y: z\nf: [g, h]\n";
    let read = parse(good);
    assert_eq!(read["a"][0]["d"], "e");
    assert_eq!(read["a"][1], "x\n\ny: z\n");
    assert_eq!(read["f"][1], "h");
    for bad in [
        "a: b\n c: d\n",
        "a: b\na: c\n",
        "a\n",
        "a: *b\n",
        "a:\n\t- b\n",
        "a: b: c\n",
    ] {
        assert!(std::panic::catch_unwind(|| parse(bad)).is_err(), "{bad:?}");
    }
}
