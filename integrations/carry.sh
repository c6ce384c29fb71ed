#!/usr/bin/env bash
# Carries provenance records over to what a forge has merged, and sends them: for CI, after a push
# to a protected branch. The GitHub Action runs this file; the GitLab template has the same lines.
#
#   PROVENANCE_SIGNING_KEY   the key of CI: an OpenSSH private key, or the path of a file with one
#   PROVENANCE_BEFORE        where the branch was before the push; zeros for a new branch
#   PROVENANCE_AFTER         where it is now
#   PROVENANCE_REMOTE        the remote; origin when empty
#   PROVENANCE_FAIL_ON_UNATTESTED   true: fail where a commit is not believed afterwards
#
# No name of a branch, no title and no message is read: only object ids, which are checked.
set -euo pipefail

say() { printf 'provenance: %s\n' "$*" >&2; }

# Git's words and titles of commits are data: no line of them is a command to the runner.
quiet_runner() {
  if [ "${GITHUB_ACTIONS:-}" = true ]; then
    local token
    token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
    echo "::stop-commands::$token"
    resume="echo ::$token::"
  fi
}

is_id() { [[ $1 =~ ^([0-9a-f]{40}|[0-9a-f]{64})$ ]]; }

main() {
  local before=${PROVENANCE_BEFORE:-} after=${PROVENANCE_AFTER:-} remote=${PROVENANCE_REMOTE:-origin}
  local given=${PROVENANCE_SIGNING_KEY:-} key status=0 resume=:
  unset PROVENANCE_SIGNING_KEY
  if ! is_id "$after"; then
    say 'PROVENANCE_AFTER is no object id'
    return 2
  fi
  if [ -z "$given" ]; then
    say 'no key: give PROVENANCE_SIGNING_KEY (git provenance key generate makes one)'
    return 2
  fi

  umask 077
  scratch=$(mktemp -d)
  trap 'rm -rf -- "$scratch"' EXIT
  key=$scratch/key
  if [ -f "$given" ]; then
    cat -- "$given" >"$key"
  else
    # With one line's end, however many the secret has.
    printf '%s\n' "$(printf '%s' "$given")" >"$key"
  fi

  # What was pushed; of a new or a rewritten branch the newest commit alone.
  local revisions=$after
  if is_id "$before" && [[ $before =~ [^0] ]] &&
    git merge-base --is-ancestor "$before" "$after" 2>/dev/null; then
    revisions=$before..$after
  fi

  quiet_runner
  # 1 is a finding, which is told; what follows has its own answer.
  git provenance sync "$remote" || [ $? -eq 1 ] || status=2
  if [ "$status" -eq 0 ]; then
    git provenance carry --key "$key" --remote "$remote" "$revisions" || status=$?
  fi
  if [ "$status" -le 1 ]; then
    git provenance sync "$remote" || status=2
  fi
  $resume

  if [ "$status" -eq 1 ] && [ "${PROVENANCE_FAIL_ON_UNATTESTED:-}" != true ]; then
    say 'not every commit has a record that is believed; that alone fails no job'
    status=0
  fi
  return "$status"
}

main "$@" </dev/null
