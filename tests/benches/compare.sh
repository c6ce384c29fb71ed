#!/usr/bin/env bash
# How long `git provenance` takes for what Git itself can do, too: whole processes, public tools.
#
#   tests/benches/compare.sh REPOSITORY...
#
# Takes clones; each is copied, so that nothing of it changes. Needs hyperfine, GNU time, and
# git-provenance on PATH, or its path in PROVENANCE. Prints the tables of docs/performance.md.
#
# What is compared: `git blame` over every text file at HEAD, once, with `stats --infer --json`
# that knows nothing ("cold"), knows this commit ("again"), or knows the tree of at least a hundred
# commits earlier ("after 100"); what became of every line there ever was (`--survival`), which Git
# cannot tell; and `git blame` of one file with `blame` of it, before and after
# `stats` has been asked. In a repository with notes of git-ai they are imported then, and the same
# is asked with them.
set -euo pipefail

provenance=${PROVENANCE:-$(command -v git-provenance || true)}
for tool in hyperfine jq git "$provenance" /usr/bin/time; do
    command -v "$tool" > /dev/null || { echo "compare.sh needs $tool" >&2; exit 2; }
done
[ $# -gt 0 ] || { sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2; }

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export XDG_CACHE_HOME=$scratch/cache XDG_CONFIG_HOME=$scratch/config
export GIT_CONFIG_GLOBAL=/dev/null GIT_PAGER=cat

# The median of a command's runs, in seconds; $1 is run before each, untimed.
median() {
    hyperfine --style none --runs "${RUNS:-5}" --prepare "$1" --export-json "$scratch/time" "$2" \
        > "$scratch/log" 2>&1 || { cat "$scratch/log" >&2; exit 2; }
    jq '.results[0].median' "$scratch/time"
}

# What a command needs at its peak, in MB.
peak() {
    /usr/bin/time -v sh -c "$1" 2>&1 > /dev/null \
        | awk -F': ' '/Maximum resident/ { printf "%d", $2 / 1024 }'
}

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf (a < b ? "%.2f" : "%.1f"), a / b }'; }
row() { printf '| %s | %.2f s | %s |\n' "$1" "$2" "$3"; }

compare() {
    local copy=$scratch/copy head back=1
    rm -rf "$copy" "$XDG_CACHE_HOME"
    git clone --quiet --shared --no-checkout "$1" "$copy" 2> /dev/null
    cd "$copy"
    git fetch --quiet "$1" 'refs/notes/ai:refs/notes/ai' 'refs/ai/*:refs/ai/*' 2> /dev/null || true
    head=$(git rev-parse HEAD)
    git grep -I --name-only -z -e '' HEAD 2> /dev/null | sed -z 's/^HEAD://' > "$scratch/files" || true
    local files commits
    files=$(tr -cd '\0' < "$scratch/files" | wc -c)
    commits=$(git rev-list --count HEAD)
    while [ "$(git rev-list --count "HEAD~$back..HEAD")" -lt 100 ]; do back=$((back + 1)); done
    local old new
    old=$(git rev-parse "HEAD~$back")
    new=$(git rev-list --count "$old..HEAD")

    printf '\n### %s\n\n%s commits, %s text files.\n\n' "$(name "$1")" "$commits" "$files"
    printf '| | time | beside Git |\n|---|---|---|\n'
    local forget="rm -rf '$XDG_CACHE_HOME'"
    local stats="'$provenance' stats --infer --json"
    local blame cold again after
    blame=$(RUNS=1 median true "xargs -0 -n1 git blame --porcelain HEAD -- < '$scratch/files' > /dev/null")
    row "\`git blame\`, every file" "$blame" 1
    cold=$(median "$forget" "$stats")
    row "\`stats --infer\`, cold" "$cold" "$(ratio "$blame" "$cold") times faster"
    again=$(median true "$stats")
    row "again" "$again" "$(ratio "$blame" "$again") times faster"
    local before="$forget; git update-ref --no-deref HEAD $old; $stats > /dev/null"
    before="$before; git update-ref --no-deref HEAD $head"
    after=$(median "$before" "$stats")
    row "after $new new commits" "$after" "$(ratio "$blame" "$after") times faster"
    local survival="'$provenance' stats --survival --json"
    row "\`stats --survival\`, the whole history" "$(median true "$survival")" ''
    printf '\nMemory, cold: %s MB, `--survival` %s MB. The index: %s KB.\n' \
        "$(rm -rf "$XDG_CACHE_HOME"; peak "$stats")" "$(peak "$survival")" \
        "$(du -k "$XDG_CACHE_HOME" | tail -1 | cut -f1)"

    # Those that most commits changed, that are still here, and one in the middle.
    tr '\0' '\n' < "$scratch/files" > "$scratch/here"
    git -c core.quotePath=false log --format= --name-only HEAD | sort | uniq -c | sort -rn \
        | sed 's/^ *[0-9]* //' | awk 'NR == FNR { here[$0]; next } $0 in here' "$scratch/here" - \
        > "$scratch/changed"
    one_file "$forget" 1 2 3 $((files / 8))

    if git rev-parse --quiet --verify refs/notes/ai > /dev/null; then
        git config user.name compare
        git config user.email compare@localhost
        "$provenance" init --yes --agents none > /dev/null
        printf '\n### %s, with its own notes\n\n`import git-ai` took %.1f s: ' "$(name "$1")" \
            "$( { TIMEFORMAT=%R; time "$provenance" import git-ai --json > "$scratch/import"; } 2>&1 | tail -1)"
        jq -r '"\(.found) found, \(.imported) imported, \(.refused | length) refused by name."' "$scratch/import"
        local forget="rm -rf .git/provenance/index '$XDG_CACHE_HOME'"
        printf '\n| | time |\n|---|---|\n'
        for revisions in HEAD ''; do
            local what='`stats`, the tree'
            [ -z "$revisions" ] || what="\`stats $revisions\`, the whole history as a range"
            printf '| %s, cold | %.2f s |\n' "$what" \
                "$(median "$forget" "'$provenance' stats --json $revisions")"
            "$provenance" stats > /dev/null
            printf '| again | %.2f s |\n' "$(median true "'$provenance' stats --json $revisions")"
        done
        one_file "$forget" 1 2 3 $((files / 8))
    fi
    cd - > /dev/null
}

# The table of single files; $1 makes us forget, the rest are lines of the list of changed files.
one_file() {
    local forget=$1 number path git_time cold_time warm_time
    shift
    printf '\n| one file | commits | `git blame` | `blame`, cold | warm |\n|---|---|---|---|---|\n'
    for number in "$@"; do
        path=$(sed -n "${number}p" "$scratch/changed")
        [ -n "$path" ] || continue
        git_time=$(median true "git blame --porcelain HEAD -- '$path'")
        cold_time=$(median "$forget" "'$provenance' blame --json HEAD -- '$path'")
        "$provenance" stats > /dev/null
        warm_time=$(median true "'$provenance' blame --json HEAD -- '$path'")
        printf '| `%s` | %s | %.3f s | %.3f s, %s of it | %.3f s, %s of it |\n' "$path" \
            "$(git rev-list --count HEAD -- "$path")" "$git_time" "$cold_time" \
            "$(ratio "$cold_time" "$git_time")" "$warm_time" "$(ratio "$warm_time" "$git_time")"
    done
}

name() { basename "$1" .git; }

printf '%s, %s, %s cores.\n' "$(git --version)" "$("$provenance" --version)" "$(nproc)"
for repository in "$@"; do
    compare "$(realpath -s "$repository")"
done
